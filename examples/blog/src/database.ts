import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the functions need of a database. Both speak the same SQL, with `$1` for values. */
export interface Database {
  query<Row>(sql: string, values?: readonly (string | number)[]): Promise<Row[]>
}

const SCHEMA = `
  create table if not exists users (name text primary key, salt text not null, password text not null);
  create table if not exists posts (
    id text primary key, author text not null references users (name),
    title text not null, body text not null, written text not null
  );
`

let opened: Promise<Database> | undefined

/** The database of this instance: opened once, at the first call. */
export function database(): Promise<Database> {
  opened ??= open().catch((error: unknown) => {
    // The next call tries again.
    opened = undefined
    throw error
  })
  return opened
}

async function open(): Promise<Database> {
  const url = process.env['DATABASE_URL']
  return url
    ? await openPostgres(url)
    : await openEmbedded(process.env['DATABASE_FILE'] || join(tmpdir(), 'blog.sqlite'))
}

async function openPostgres(connectionString: string): Promise<Database> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString, max: 4 })
  await pool.query(SCHEMA)
  return { query: async (sql, values = []) => (await pool.query(sql, [...values])).rows }
}

async function openEmbedded(file: string): Promise<Database> {
  const { default: sqlite } = await import('node-sqlite3-wasm')
  const database = new sqlite.Database(file)
  database.exec(SCHEMA)
  return {
    query: async <Row>(sql: string, values: readonly (string | number)[] = []) =>
      database.all(sql, [...values]) as Row[],
  }
}
