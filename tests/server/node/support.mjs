// What the scripts here share: the real @trpc/client, of this folder or of another, and a list of checks.
// A script is called with LINK [FOLDER], and with TRPC_URL and JUPYTER_TOKEN in the environment.
import assert from 'node:assert/strict';

export const [linkName, folder = '.'] = process.argv.slice(2);
const trpc = await import(new URL(`${folder}/trpc_client.mjs`, import.meta.url));
const { TRPC_URL: url, JUPYTER_TOKEN: token } = process.env;

/** The requests that were sent, until somebody empties it. */
export const requests = [];

async function watchedFetch(address, options) {
  const response = await fetch(address, options);
  requests.push({ address: String(address), method: options?.method ?? 'GET', status: response.status });
  return response;
}

/** The procedures of settings, as a client calls them. */
export function connect({ headers = { authorization: `token ${token}` }, address = url, ...options } = {}) {
  const link = trpc[linkName]({ url: address, headers, fetch: watchedFetch, ...options });
  return trpc.createTRPCClient({ links: [link] }).settings;
}

/** The error of a call that is refused. */
export async function refusal(call) {
  const error = await call.then(
    () => assert.fail('it was not refused'),
    (reason) => reason,
  );
  if (error instanceof assert.AssertionError) throw error;
  assert.ok(error instanceof trpc.TRPCClientError, String(error));
  assert.ok(error.shape, `not in tRPC's form: ${error.message}`);
  assert.ok(error.message);
  return error;
}

/** Runs checks in order, and prints a line for each that held; the first that does not ends it. */
export async function run(checks) {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`held: ${name}`);
    } catch (error) {
      console.error(`failed: ${name}: ${error.stack}`);
      process.exitCode = 1;
      return;
    }
  }
}
