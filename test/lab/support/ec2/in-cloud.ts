import {ensureDockerEngine} from './machine/docker-engine.js'

/** Why there is no Docker engine; null where there is one. Some machines, such as most containers, cannot have any. */
const missing = await ensureDockerEngine().then(
  () => null,
  (error: unknown) => error,
)

// The SDK warns of the Node release that it runs on, in the middle of the report.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

/** A suite that needs a lab cloud. Without a Docker engine it is skipped, and says why. */
export function describeInCloud(title: string, body: () => void): void {
  describe(title, () => {
    if (missing === null) body()
    else
      it('needs a Docker engine', function () {
        console.log(missing)
        this.skip()
      })
  })
}
