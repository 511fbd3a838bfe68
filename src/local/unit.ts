export interface UnitOptions {
  /** Absolute path of the Node.js that runs sls. */
  readonly node: string
  /** What Node.js is given, the absolute path of the platform's bundle last. */
  readonly args: readonly string[]
  /** The platform's folder: see `home.ts`. */
  readonly root: string
  readonly user: string
  readonly path: string
}

/**
 * A systemd unit that keeps the platform of a user running: it starts with the machine, and again when it was killed. What
 * `sls deploy` of the same user finds there is this platform. https://www.freedesktop.org/software/systemd/man/systemd.service.html
 */
export function systemdUnit({ node, args, root, user, path }: UnitOptions): string {
  return `[Unit]
Description=anyfaas local platform of ${user}
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
User=${user}
Environment=${quote(`SLS_HOME=${root}`)} ${quote(`PATH=${path}`)}
ExecStart=${[node, ...args].map(quote).join(' ')}
# A platform that ends by itself was told to: by sls remove, or by a newer sls that brings its own.
Restart=on-failure
RestartSec=1
# The platform ends its functions itself, and lets them finish.
KillMode=mixed
TimeoutStopSec=20
NoNewPrivileges=true

[Install]
WantedBy=multi-user.target
`
}

// A percent sign begins a specifier, and a dollar sign a variable.
function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`
}
