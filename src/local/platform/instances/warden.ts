import { type ChildProcess, spawn } from 'node:child_process'

// Reads `+ PID` and `- PID`. The end of its input means that the platform has gone, however it went.
const SCRIPT = `list=' '
while read -r sign pid; do
  if [ "$sign" = + ]; then list="$list$pid "; else list="\${list%% $pid *} \${list#* $pid }"; fi
done
for pid in $list; do kill -s KILL -- "-$pid"; done`

/**
 * Ends the functions' process groups when the platform dies without a chance to do it. A function in a busy loop does
 * not notice that its channel closed, and a server of another language does not look.
 */
export class Warden {
  readonly #pids = new Set<number>()
  #shell: ChildProcess | undefined

  /** Starts it before the first process needs it: that holds this process up for some ms. */
  open(): void {
    if (!this.#shell) this.#start()
  }

  add(pid: number): void {
    this.#pids.add(pid)
    if (this.#shell) this.#tell(`+ ${pid}\n`)
    else this.#start()
  }

  remove(pid: number): void {
    if (this.#pids.delete(pid)) this.#tell(`- ${pid}\n`)
  }

  /** With no process left to end, the shell ends by itself. */
  close(): void {
    this.#shell?.stdin?.end()
    this.#shell = undefined
  }

  #start(): void {
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'anyfaas-warden'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: { PATH: process.env['PATH'] },
    })
    this.#shell = shell
    shell.unref()
    const lose = () => {
      if (this.#shell === shell) this.#shell = undefined
    }
    // The next process that starts brings a new one, which is told of all.
    shell.on('error', lose).on('exit', lose)
    shell.stdin?.on('error', lose)
    for (const pid of this.#pids) this.#tell(`+ ${pid}\n`)
  }

  #tell(text: string): void {
    this.#shell?.stdin?.write(text)
  }
}
