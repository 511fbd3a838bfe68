/** One way in which a call can fail, wherever the function runs. */
export interface FailureClass {
  /** What is meant by it. */
  readonly when: string
  /** The HTTP status of a request; of `user` unless the error names one. */
  readonly status: number
  /** What the caller of a request gets beside the status. */
  readonly request: string
  /** What becomes of an event. */
  readonly event: string
  readonly log: string
  /** The state of the instance afterwards. */
  readonly instance: string
}

const REPEATED = 'fails; the platform counts it and repeats it by its own rules'
const NEXT_TRIES = 'stays; the next call tries again'
const GONE = 'is gone; the next call gets a new one'

/** Every class of failure: what the caller sees, what the log says, and what is left of the instance. */
export const failureClasses = {
  user: {
    when: 'the handler throws, rejects, or answers with what cannot be sent',
    status: 500,
    request:
      'the message of a status below 500, else the words of the status; headers set so far; a stack in development only',
    event:
      'fails; the platform counts it and repeats it by its own rules, of a batch only what ctx.fail names where it can',
    log: 'the error from 500 on, with its causes, in the places of its sources, without frames of sls, with the request’s id',
    instance: 'stays',
  },
  configuration: {
    when: 'the module, the export or a layer is not there, or is no function',
    status: 500,
    request: 'the words of the status',
    event: REPEATED,
    log: 'which file and export, and what is there instead, with the request’s id',
    instance: NEXT_TRIES,
  },
  init: {
    when: 'the module, the initializer, a layer or a health check fails, or takes longer than initTimeout',
    status: 500,
    request:
      'the words of the status, for every call that waits; 503 on the local platform when the function is deployed',
    event: REPEATED,
    log: 'the error once a call, with the request’s id',
    instance: NEXT_TRIES,
  },
  timeout: {
    when: 'the handler takes longer than the function’s timeout, less the moment that is needed to say so',
    status: 504,
    request: 'the words of the status',
    event: REPEATED,
    log: 'which function, how long, and what was not finished, with the request’s id',
    instance: 'stays; ctx.signal is aborted, and what the handler does from now on counts no more',
  },
  throttle: {
    when: 'the platform has no instance left',
    status: 429,
    request: 'the platform’s own answer',
    event: 'is kept and tried later',
    log: 'nothing of the function’s: it is not called',
    instance: 'is not touched',
  },
  memory: {
    when: 'the process needs more than memorySize',
    status: 502,
    request: 'the platform’s own answer',
    event: REPEATED,
    log: 'the platform’s own line, and what the function had printed',
    instance: GONE,
  },
  exit: {
    when: 'the process ends, by process.exit, a signal, or an error that nobody catches',
    status: 502,
    request: 'the platform’s own answer',
    event: REPEATED,
    log: 'the platform’s own line, and what the function had printed',
    instance: GONE,
  },
  platform: {
    when: 'the platform cannot call the function, or not send its answer',
    status: 503,
    request: 'the platform’s own answer',
    event: 'is kept and tried later',
    log: 'the platform’s own; what it said to the answer, with the request’s id, where it takes none',
    instance: 'stays where only the answer was not taken; else it may be gone',
  },
} as const satisfies Readonly<Record<string, FailureClass>>
