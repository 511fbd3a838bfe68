import { EXIT } from './exit.ts'

// A code is permanent: it is never reused and never changes its meaning. Each has a page in docs/errors.
export const codes = {
  SLS0001: { title: 'unknown command or option', exit: EXIT.usage },
  SLS0002: { title: 'the option needs another value', exit: EXIT.usage },
  SLS0003: { title: 'confirmation needed', exit: EXIT.confirm },

  SLS1001: { title: 'no service file', exit: EXIT.usage },
  SLS1002: { title: 'unknown key', exit: EXIT.usage },
  SLS1003: { title: 'wrong type', exit: EXIT.usage },
  SLS1004: { title: 'missing key', exit: EXIT.usage },
  SLS1005: { title: 'not one of the allowed values', exit: EXIT.usage },
  SLS1006: { title: 'value out of range', exit: EXIT.usage },
  SLS1007: { title: 'value of the wrong form', exit: EXIT.usage },
  SLS1010: { title: 'the file cannot be read', exit: EXIT.usage },
  SLS1011: { title: 'the YAML is broken', exit: EXIT.usage },
  SLS1012: { title: 'duplicate key', exit: EXIT.usage },
  SLS1013: { title: 'the file is too large or too deep', exit: EXIT.usage },
  SLS1014: { title: 'the service module failed', exit: EXIT.usage },
  SLS1020: { title: 'unknown variable source', exit: EXIT.usage },
  SLS1021: { title: 'unset variable', exit: EXIT.usage },
  SLS1022: { title: 'variables in a circle', exit: EXIT.usage },
  SLS1023: { title: 'the variable is malformed', exit: EXIT.usage },
  SLS1024: { title: 'file outside the service folder', exit: EXIT.usage },
  SLS1025: { title: 'a secret cannot stand here', exit: EXIT.usage },
  SLS1030: { title: 'older spelling', exit: EXIT.usage },
  SLS1031: { title: 'options beside the trigger instead of under it', exit: EXIT.usage },
  SLS1032: { title: 'a key without effect', exit: EXIT.usage },
  SLS1040: { title: 'the schedule is malformed', exit: EXIT.usage },
  SLS1041: { title: 'the path is malformed', exit: EXIT.usage },
  SLS1042: { title: 'conflicting routes', exit: EXIT.usage },
  SLS1043: { title: 'no such function', exit: EXIT.usage },
  SLS1044: { title: 'function in two aggregates', exit: EXIT.usage },
  SLS1045: { title: 'no such layer', exit: EXIT.usage },
  SLS1046: { title: 'nothing to deploy', exit: EXIT.usage },
  SLS1047: { title: 'the name cannot be used', exit: EXIT.usage },
  SLS1048: { title: 'a setting of a member that does not apply', exit: EXIT.usage },
  SLS1049: { title: 'the function cannot be in an aggregate', exit: EXIT.usage },
  SLS1050: { title: 'the source cannot be read without running it', exit: EXIT.usage },

  SLS2001: { title: 'no such provider', exit: EXIT.usage },
  SLS2002: { title: 'no such edition', exit: EXIT.usage },
  SLS2003: { title: 'the plugin cannot be loaded', exit: EXIT.usage },
  SLS2004: { title: 'the provider cannot do this', exit: EXIT.usage },

  SLS3001: { title: 'the platform cannot do it', exit: EXIT.usage },
  SLS3002: { title: 'no counterpart on the platform', exit: EXIT.usage },
  SLS3003: { title: 'the platform forbids the value', exit: EXIT.usage },
  SLS3004: { title: 'unknown runtime', exit: EXIT.usage },
  SLS3005: { title: 'the runtime is at its end of life', exit: EXIT.usage },
  SLS3006: { title: 'unknown region', exit: EXIT.usage },
  SLS3007: { title: 'raw settings outside the contract', exit: EXIT.usage },

  SLS4001: { title: 'handler file not found', exit: EXIT.usage },
  SLS4002: { title: 'the code cannot be bundled', exit: EXIT.failed },
  SLS4003: { title: 'link out of the service folder', exit: EXIT.failed },
  SLS4004: { title: 'a file cannot be packaged', exit: EXIT.failed },
  SLS4005: { title: 'the output cannot be written', exit: EXIT.failed },
  SLS4006: { title: 'no code to package', exit: EXIT.usage },
  SLS4007: { title: 'the function cannot run in place', exit: EXIT.usage },
  SLS4008: { title: 'the bundler has a doubt', exit: EXIT.failed },
  SLS4009: { title: 'a file that looks like a secret', exit: EXIT.failed },
  SLS4010: { title: 'the artifact is larger than the platform takes', exit: EXIT.failed },
  SLS4011: { title: 'the layer was not found', exit: EXIT.usage },
  SLS4020: { title: 'machine code for another system', exit: EXIT.failed },
  SLS4021: { title: 'the Python packages cannot be installed', exit: EXIT.failed },
  SLS4022: { title: 'the Go program cannot be built', exit: EXIT.failed },
  SLS4030: { title: 'the image cannot be made', exit: EXIT.failed },
  SLS4031: { title: 'the registry cannot be used', exit: EXIT.failed },
  SLS4032: { title: 'the registry does not let you in', exit: EXIT.credentials },
  SLS4033: { title: 'the Dockerfile cannot be built', exit: EXIT.failed },

  SLS5001: { title: 'a step failed', exit: EXIT.failed },
  SLS5002: { title: 'interrupted', exit: EXIT.interrupted },
  SLS5003: { title: 'somebody else has this name', exit: EXIT.failed },
  SLS5004: { title: 'another deploy is running', exit: EXIT.failed },
  SLS5005: { title: 'a step took too long', exit: EXIT.failed },
  SLS5006: { title: 'no usable credentials', exit: EXIT.credentials },
  SLS5007: { title: 'the platform refused', exit: EXIT.failed },
  SLS5008: { title: 'no such version', exit: EXIT.failed },
  SLS5009: { title: 'the remote function failed', exit: EXIT.failed },
  SLS5010: { title: 'a trigger does not call the alias', exit: EXIT.usage },
  SLS5011: { title: 'deployed in another edition', exit: EXIT.failed },
  SLS5012: { title: 'the platform did not answer', exit: EXIT.failed },

  SLS7001: { title: 'the local platform did not start', exit: EXIT.failed },
  SLS7002: { title: 'the local platform refused', exit: EXIT.failed },
  SLS7003: { title: 'the function does not load', exit: EXIT.failed },
  SLS7004: { title: 'not deployed', exit: EXIT.failed },
  SLS7005: { title: 'no free port', exit: EXIT.failed },
  SLS7006: { title: 'missing secret', exit: EXIT.credentials },
  SLS7007: { title: 'the service cannot be opened to others', exit: EXIT.failed },
  SLS7010: { title: 'the function failed', exit: EXIT.failed },
  SLS7011: { title: 'the function took too long', exit: EXIT.failed },
  SLS7012: { title: 'the function ended its process', exit: EXIT.failed },
  SLS7013: { title: 'too many calls', exit: EXIT.failed },

  SLS9001: { title: 'a bug in sls', exit: EXIT.bug },
} as const satisfies Record<string, CodeFact>

export interface CodeFact {
  /** Lower case, no full stop; the heading of its page. */
  readonly title: string
  /** The exit status of a command that ends with it. */
  readonly exit: number
}

export type Code = keyof typeof codes
