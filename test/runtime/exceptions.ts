import type { Exception } from '../../src/runtime/conformance/index.ts'

type Exceptions = Readonly<Record<string, Exception>>

const commas: Exceptions = {
  'a repeated query key is a list': {
    body: { v: '1,2' },
    because: 'a key that comes several times arrives as one text with commas',
  },
}

const lost: Exception = { because: 'the event holds the body as text, so what is no text is lost' }

const streams: Exceptions = {
  'a stream that breaks before its first chunk': {
    because: 'the answer is sent in pieces and has begun when the stream breaks',
  },
}

/** Shape -> case -> what differs there, and why. What is not here is the same everywhere. */
export const exceptions: Readonly<Record<string, Exceptions>> = {
  local: streams,
  'fc2 http trigger': streams,
  'fc2 gateway': commas,
  'fc3 http trigger': commas,
  'fc3 gateway': commas,
  'fc custom runtime': streams,
  'scf web function': streams,
  'scf function url': {
    'bytes in': lost,
    'a megabyte of bytes in': lost,
    'a multipart form, byte for byte': lost,
    'fetch with bytes both ways': lost,
    'a charset that nobody knows': { status: 200, because: 'the platform has decoded the body before' },
  },
  'lambda http api': {
    'an escaped slash stays in its segment': { body: { a: 'x', '*': 'y/z' }, because: 'the gateway decodes the path' },
    'a broken escape in the path': {
      status: 200,
      because: 'the gateway passes on what it cannot decode, and then a per cent is a per cent',
    },
  },
  'lambda function url, streamed': streams,
  'lambda load balancer': {
    'a repeated query key is a list': { body: { v: '2' }, because: 'only the last value of a key arrives' },
  },
}
