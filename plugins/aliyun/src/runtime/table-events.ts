import { type EventRow, numberOf, type Shape, shapeOf, shapesOf, type TableChange } from '@anyfaas/runtime'
import { decodeCbor } from './cbor.ts'

/** Tablestore sends CBOR. https://help.aliyun.com/document_detail/100092.html */
export const tableRow: EventRow = {
  kind: 'table',
  matches: (event, declares, whole) => isTable(event) || (declares('table') && whole instanceof Uint8Array),
  read: (event, whole) => {
    const { Records } = whole instanceof Uint8Array ? shapeOf(decodeCbor(whole)) : event
    const records = shapesOf(Records)
    const micros = numberOf(shapeOf(records[0]?.['Info'])['Timestamp'])
    const time = micros === undefined ? undefined : Math.floor(micros / 1000)
    return { time, data: { table: undefined, changes: records.map(changeOf) } }
  },
}

function isTable({ Version, Records }: Shape): boolean {
  return Version !== undefined && shapesOf(Records).some(({ PrimaryKey }) => Array.isArray(PrimaryKey))
}

const KINDS: Readonly<Record<string, TableChange['kind']>> = {
  PutRow: 'insert',
  UpdateRow: 'update',
  DeleteRow: 'remove',
}

// The stream tells what was written, never what was there before.
function changeOf({ Type, PrimaryKey, Columns }: Shape): TableChange {
  const kind = KINDS[String(Type)] ?? 'update'
  const keys = fieldsOf(shapesOf(PrimaryKey))
  if (kind === 'remove') return { kind, keys, before: undefined, after: undefined }
  const written = shapesOf(Columns).filter((column) => column['Type'] === undefined || column['Type'] === 'Put')
  return { kind, keys, before: undefined, after: fieldsOf(written) }
}

function fieldsOf(columns: readonly Shape[]): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ ColumnName, Value }) => [String(ColumnName), Value]))
}
