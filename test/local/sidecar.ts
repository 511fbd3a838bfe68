interface Subscription {
  readonly pubsubname: string
  readonly topic: string
  readonly route: string
}

/** What a sidecar of Dapr asks its application at the start, and what it does with answers, by its documented contract. */
export class FakeSidecar {
  readonly #app: string
  readonly subscriptions: Subscription[] = []
  readonly bindings: string[] = []

  constructor(app: string) {
    this.#app = app
  }

  async start(components: readonly string[]): Promise<void> {
    const config = await fetch(`${this.#app}/dapr/config`)
    if (config.status >= 300 && config.status !== 404) throw new Error(`/dapr/config answered ${config.status}`)
    const subscribe = await fetch(`${this.#app}/dapr/subscribe`)
    if (subscribe.ok) this.subscriptions.push(...((await subscribe.json()) as Subscription[]))
    for (const component of components) {
      const { status } = await fetch(`${this.#app}/${component}`, { method: 'OPTIONS' })
      if (status < 300 || status === 405) this.bindings.push(component)
    }
  }

  /** Delivers a message once: `success`, `retry` or `drop`. */
  async publish(pubsubname: string, topic: string, data: unknown, body?: string): Promise<string> {
    const found = this.subscriptions.find((one) => one.pubsubname === pubsubname && one.topic === topic)
    if (!found) throw new Error(`nobody subscribes to ${topic}`)
    const event = {
      specversion: '1.0',
      id: `${topic}-1`,
      source: 'test',
      type: 'com.dapr.event.sent',
      pubsubname,
      topic,
    }
    const response = await fetch(`${this.#app}${found.route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: body ?? JSON.stringify({ ...event, datacontenttype: 'application/json', data }),
    })
    if (response.status === 404) return 'drop'
    if (response.status >= 300) return 'retry'
    return outcomeOf(await response.text())
  }

  /** The status and the body of the answer. Anything from 300 on is not delivered. */
  async fire(component: string, data: unknown): Promise<[number, string]> {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${this.#app}/${component}`, { method: 'POST', headers, body: JSON.stringify(data) })
    return [response.status, await response.text()]
  }
}

function outcomeOf(text: string): string {
  try {
    const { status } = JSON.parse(text) as { status?: string }
    if (status === undefined || status === '' || status === 'SUCCESS') return 'success'
    return status === 'DROP' ? 'drop' : 'retry'
  } catch {
    return 'success'
  }
}
