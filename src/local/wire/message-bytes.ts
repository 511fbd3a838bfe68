import type { FromWorker, HeadMessage, HttpCallMessage, ToWorker } from './wire.ts'

export type Message = ToWorker | FromWorker

/** Where bytes go: `take` makes room for so many and says where they begin. */
export interface Room {
  take(bytes: number): number
  /** Valid until the next `take`. */
  readonly page: Buffer
}

/** Writes a message as one frame. Requests, answers and pieces of streams are bytes, everything else is JSON. */
export function writeMessage(message: Message, room: Room): void {
  if (message.kind === 'head') writeHead(message, room)
  else if (message.kind === 'http') writeHttp(message, room)
  else if (message.kind === 'chunk') writeChunk(message, room)
  else writeJson(message, room)
}

/** A message as a frame that lies by itself. */
export function frameOf(message: Message): Buffer {
  let page = Buffer.alloc(0)
  const take = (bytes: number): number => {
    page = Buffer.alloc(bytes)
    return 0
  }
  writeMessage(message, {
    take,
    get page() {
      return page
    },
  })
  return page
}

/** The message in a frame, which begins after its length. Throws for what is none. */
export function readMessage(bytes: Buffer, start: number, end: number): Message {
  const at = start + 1
  switch (bytes[start]) {
    case JSON_FRAME:
      return JSON.parse(bytes.toString('utf8', at, end)) as Message
    case HTTP_FRAME:
      return readHttp(bytes, at, end)
    case HEAD_FRAME:
      return readHead(bytes, at, end)
    case CHUNK_FRAME:
      return { kind: 'chunk', id: bytes.readDoubleLE(at), body: bytes.subarray(at + ID_BYTES, end) }
    default:
      throw new Error(`no frame is of the kind ${bytes[start]}`)
  }
}

/** The frame's length, without its own four bytes, and the kind of what follows. */
const START_BYTES = 5
const [JSON_FRAME, HTTP_FRAME, HEAD_FRAME, CHUNK_FRAME] = [0, 1, 2, 3] as const
const ID_BYTES = 8
/** Of the call, its deadline, and whether it has a body. */
const HTTP_BYTES = ID_BYTES + 8 + 1
/** Of the call, the status, and what follows. */
const HEAD_BYTES = ID_BYTES + 2 + 1
const [HAS_BODY, IS_OPEN] = [1, 2] as const

function writeHttp(message: HttpCallMessage, room: Room): void {
  const { requestId, method, url, ip, headers, body } = message
  const texts = [requestId, method, url, ip, ...headers]
  const text = texts.join('')
  const textBytes = Buffer.byteLength(text)
  const at = begin(HTTP_FRAME, HTTP_BYTES + sizeOf(texts, textBytes) + (body?.length ?? 0), room)
  const { page } = room
  page.writeDoubleLE(message.id, at)
  page.writeDoubleLE(message.deadline, at + 8)
  page[at + 16] = body ? HAS_BODY : 0
  const end = writeTexts(page, at + HTTP_BYTES, { texts, text, textBytes })
  if (body) page.set(body, end)
}

function readHttp(bytes: Buffer, at: number, end: number): HttpCallMessage {
  const id = bytes.readDoubleLE(at)
  const deadline = bytes.readDoubleLE(at + 8)
  const { texts, bodyAt } = readTexts(bytes, at + HTTP_BYTES)
  const [requestId = '', method = '', url = '', ip = '', ...headers] = texts
  const body = bytes[at + 16] === HAS_BODY ? bytes.subarray(bodyAt, end) : undefined
  return { kind: 'http', id, deadline, requestId, method, url, ip, headers, body }
}

function writeHead({ id, status, headers, body, open }: HeadMessage, room: Room): void {
  const text = headers.join('')
  const textBytes = Buffer.byteLength(text)
  const bodyBytes = body === undefined ? 0 : Buffer.byteLength(body)
  const at = begin(HEAD_FRAME, HEAD_BYTES + sizeOf(headers, textBytes) + bodyBytes, room)
  const { page } = room
  page.writeDoubleLE(id, at)
  page.writeUInt16LE(status, at + 8)
  page[at + 10] = (body === undefined ? 0 : HAS_BODY) | (open ? IS_OPEN : 0)
  const end = writeTexts(page, at + HEAD_BYTES, { texts: headers, text, textBytes })
  if (typeof body === 'string') page.write(body, end, 'utf8')
  else if (body) page.set(body, end)
}

function readHead(bytes: Buffer, at: number, end: number): HeadMessage {
  const flags = bytes[at + 10] ?? 0
  const { texts: headers, bodyAt } = readTexts(bytes, at + HEAD_BYTES)
  const body = flags & HAS_BODY ? bytes.subarray(bodyAt, end) : undefined
  const open = (flags & IS_OPEN) !== 0
  // All of one shape: what reads them is compiled for it.
  return { kind: 'head', id: bytes.readDoubleLE(at), status: bytes.readUInt16LE(at + 8), headers, body, open }
}

function writeChunk({ id, body }: Extract<Message, { kind: 'chunk' }>, room: Room): void {
  const at = begin(CHUNK_FRAME, ID_BYTES + body.length, room)
  room.page.writeDoubleLE(id, at)
  room.page.set(body, at + ID_BYTES)
}

function writeJson(message: Message, room: Room): void {
  const text = JSON.stringify(message)
  const at = begin(JSON_FRAME, Buffer.byteLength(text), room)
  room.page.write(text, at, 'utf8')
}

function begin(kind: number, bytes: number, room: Room): number {
  const at = room.take(START_BYTES + bytes)
  room.page.writeUInt32LE(1 + bytes, at)
  room.page[at + 4] = kind
  return at + START_BYTES
}

// A list of texts: how many, the bytes of all, the length of each, and all in one piece, which is coded at once.
function sizeOf(texts: readonly string[], textBytes: number): number {
  return 4 + 4 + 4 * texts.length + textBytes
}

interface Texts {
  readonly texts: readonly string[]
  /** The same in one piece. */
  readonly text: string
  readonly textBytes: number
}

function writeTexts(page: Buffer, start: number, { texts, text, textBytes }: Texts): number {
  page.writeUInt32LE(texts.length, start)
  let at = page.writeUInt32LE(textBytes, start + 4)
  for (const one of texts) at = page.writeUInt32LE(one.length, at)
  page.write(text, at, 'utf8')
  return at + textBytes
}

function readTexts(bytes: Buffer, start: number): { texts: string[]; bodyAt: number } {
  const count = bytes.readUInt32LE(start)
  const textAt = start + 8 + 4 * count
  const bodyAt = textAt + bytes.readUInt32LE(start + 4)
  const text = bytes.toString('utf8', textAt, bodyAt)
  const texts: string[] = []
  let from = 0
  for (let at = start + 8; at < textAt; at += 4) {
    const to = from + bytes.readUInt32LE(at)
    texts.push(text.slice(from, to))
    from = to
  }
  return { texts, bodyAt }
}
