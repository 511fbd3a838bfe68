import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { ACCOUNT, type Calls, REGION, type Tagged } from './world.ts'

/** Rules of the broker for things. One that is not there is forbidden, not missing. */
export class TopicRuleCalls {
  readonly #rules = new Map<string, Tree>()
  readonly #tags = new Map<string, Record<string, string>>()

  get calls(): Calls {
    return {
      ListTopicRules: ({ nextToken }) => {
        const from = Number(nextToken ?? 0)
        const names = [...this.#rules.keys()]
        const rules = names.slice(from, from + 2).map((ruleName) => ({ ruleName, ruleArn: arnOf(ruleName) }))
        return { rules, ...(from + 2 < names.length && { nextToken: String(from + 2) }) }
      },
      GetTopicRule: ({ ruleName }) => {
        const rule = this.#rules.get(String(ruleName))
        if (!rule) throw new Refusal(401, 'UnauthorizedException', `Access to topic rule '${ruleName}' was denied`)
        return { ruleArn: arnOf(String(ruleName)), rule }
      },
      CreateTopicRule: (input) => {
        if (this.#rules.has(String(input['ruleName'])))
          throw new Refusal(
            409,
            'ResourceAlreadyExistsException',
            `A rule with name ${input['ruleName']} already exists`,
          )
        const tags = new URLSearchParams(String(input['tags'] ?? ''))
        this.#tags.set(String(input['ruleName']), Object.fromEntries(tags))
        return this.#put(input)
      },
      ReplaceTopicRule: (input) => this.#put(input),
      DeleteTopicRule: ({ ruleName }) => {
        if (!this.#rules.delete(String(ruleName)))
          throw new Refusal(401, 'UnauthorizedException', `Access to topic rule '${ruleName}' was denied`)
        this.#tags.delete(String(ruleName))
        return {}
      },
    }
  }

  tagged(): Tagged[] {
    return [...this.#tags].map(([name, tags]) => [arnOf(name), tags])
  }

  state(): unknown {
    return [...this.#rules.values()].map((one) => JSON.stringify(one)).sort()
  }

  #put({ ruleName, topicRulePayload }: Tree): Tree {
    const { sql, actions } = topicRulePayload as { sql: string; actions: Tree[] }
    if (!/^\w{1,128}$/.test(String(ruleName))) throw invalid(`the rule name ${ruleName}`)
    if (!/^SELECT .+ FROM '.+'/.test(sql)) throw new Refusal(400, 'SqlParseException', sql)
    if (actions.length === 0 || actions.length > 10) throw invalid('actions')
    this.#rules.set(String(ruleName), { ruleName, ...(topicRulePayload as Tree) })
    return {}
  }
}

function arnOf(name: string): string {
  return `arn:aws:iot:${REGION}:${ACCOUNT}:rule/${name}`
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'InvalidRequestException', message)
}
