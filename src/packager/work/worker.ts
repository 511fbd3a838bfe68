import { parentPort, workerData } from 'node:worker_threads'
import { KEY_BYTES } from '../cache/index-file.ts'
import { PackWriter } from '../cache/pack-writer.ts'
import { decodeTasks, encodeResults, type TaskBatch, type WorkerSetup } from './messages.ts'
import { createPieceWork, type PieceResult, type PieceTask } from './piece-work.ts'

// A thread that compresses pieces into a pack of its own. It ends when it is told so by `undefined`.
const { packPath, known } = workerData as WorkerSetup
const text = Buffer.from(known.buffer, known.byteOffset, known.byteLength)
const keys = new Set<string>()
for (let at = 0; at < text.length; at += KEY_BYTES) keys.add(text.toString('latin1', at, at + KEY_BYTES))
const pack = new PackWriter(packPath)
const work = createPieceWork(pack, (key) => keys.has(key))

function run(task: PieceTask): PieceResult {
  const result = work(task)
  if (result.kind === 'packed') keys.add(result.piece.key)
  return result
}

parentPort?.on('message', (batch: TaskBatch | undefined) => {
  if (batch) {
    parentPort?.postMessage(encodeResults(batch.id, decodeTasks(batch).map(run)))
    return
  }
  pack.flush()
  pack.close()
  parentPort?.close()
})
