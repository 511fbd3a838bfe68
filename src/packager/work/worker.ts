import { parentPort, workerData } from 'node:worker_threads'
import { KeyColumn } from '../cache/key-column.ts'
import { PackWriter } from '../cache/pack-writer.ts'
import { decodeTasks, encodeResults, type TaskBatch, type WorkerSetup } from './messages.ts'
import { createPieceWork, type PieceResult, type PieceTask } from './piece-work.ts'

// A thread that compresses pieces into a pack of its own. It ends when it is told so by `undefined`.
const { packPath, known } = workerData as WorkerSetup
const keys = new KeyColumn(known)
const pack = new PackWriter(packPath)
const work = createPieceWork(pack, (key) => keys.find(key) !== undefined)

function run(task: PieceTask): PieceResult {
  const result = work(task)
  if (result.kind === 'packed') keys.append(result.piece.key)
  return result
}

parentPort?.on('message', (batch: TaskBatch | undefined) => {
  if (batch) {
    const results = decodeTasks(batch).map(run)
    // Who hears of the pieces reads them.
    pack.flush()
    parentPort?.postMessage(encodeResults(batch.id, results))
    return
  }
  pack.close()
  parentPort?.close()
})
