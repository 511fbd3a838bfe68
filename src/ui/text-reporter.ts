import { isAbsolute, relative, sep } from 'node:path'
import type { AnswerEvent, ListeningEvent, LogEvent, RequestEvent } from '@anyfaas/kit'
import { showAnswer } from './answer.ts'
import { drawListening, drawRequest } from './dev-text.ts'
import { drawDiagnostics } from './diagnostics.ts'
import { type Found, isFirst } from './fold.ts'
import { drawAnnotations } from './github.ts'
import { drawInvocation } from './invocation-text.ts'
import { createLogText } from './log-text.ts'
import type { Screen } from './output.ts'
import type { Progress } from './progress.ts'
import type { Reporter } from './report.ts'

export interface TextOptions {
  readonly out: Screen
  readonly err: Screen
  readonly progress: Progress
  readonly logs: 'result' | 'side'
  /** Files below it are named from it. */
  readonly cwd: string
  /** The root of the checkout, when diagnostics become annotations of GitHub Actions too. */
  readonly annotate?: string
}

/** Reports to people: the result on stdout, everything else on stderr. */
export function createTextReporter({ out, err, progress, ...options }: TextOptions): Reporter {
  const waiting: Found[] = []
  const seen = new Set<string>()
  const logs = options.logs === 'result' ? out : err
  const time = options.logs === 'side' ? 'none' : logs.output.isTerminal ? 'clock' : 'iso'
  const drawLog = createLogText(logs.style, { time })
  const view = { style: err.style, columns: columnsOf(err), name: (file: string) => nameFrom(options.cwd, file) }

  // Diagnostics wait for each other, so that those of a phase stand together in file order.
  const showDiagnostics = (): boolean => {
    const found = waiting.splice(0)
    if (found.length === 0) return false
    progress.hold()
    if (options.annotate !== undefined) err.output.write(drawAnnotations(found, options.annotate))
    err.output.write(drawDiagnostics(found, view))
    return true
  }
  const take = (one: Found): void => {
    if (isFirst(one, seen)) waiting.push(one)
  }
  const remark = (text: string): void => {
    progress.hold()
    err.output.write(`${text}\n`)
  }
  return {
    remark,
    hold: () => progress.hold(),
    tell(event) {
      if (event.kind === 'diagnostic') return event.isAgain ? void waiting.push(event) : take(event)
      if (showDiagnostics()) err.output.write('\n')
      if (event.kind === 'phase' || event.kind === 'step') return progress.tell(event)
      progress.hold()
      if (event.kind === 'answer') return showAgain(event, out, err)
      logs.output.write(drawNews(event, logs, drawLog))
    },
    finish(ending) {
      progress.hold()
      if (!ending.ok) ending.found.forEach(take)
      if (!ending.ok && ending.result) out.output.write(ending.result.text)
      showDiagnostics()
      if (!ending.ok) return ending.trace ? remark(`\n${ending.trace}`) : undefined
      if (ending.text.length > 0) out.output.write(ending.text)
      if (ending.closing) remark(ending.closing)
    },
  }
}

type DrawLog = ReturnType<typeof createLogText>

function drawNews(event: LogEvent | ListeningEvent | RequestEvent, { style }: Screen, drawLog: DrawLog): string {
  if (event.kind === 'log') return `${drawLog(event.line)}\n`
  if (event.kind === 'listening') return drawListening(event, style)
  const text = drawRequest(event, style)
  return `${drawLog({ time: event.time, function: event.function ?? '-', stream: 'out', text })}\n`
}

function showAgain({ by, ...event }: AnswerEvent, out: Screen, err: Screen): void {
  out.output.write(showAnswer(event.answer, out.output.isTerminal))
  err.output.write(`${drawInvocation({ ...event, kind: by }, err.style)}\n`)
}

// Wider frames are not easier to read.
const MOST_COLUMNS = 160
const FILE_COLUMNS = 120

function columnsOf({ output }: Screen): number {
  return output.isTerminal ? Math.min(MOST_COLUMNS, Math.max(40, output.columns)) : FILE_COLUMNS
}

function nameFrom(cwd: string, file: string): string {
  if (!isAbsolute(file)) return file
  const path = relative(cwd, file)
  return path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path) ? file : path
}
