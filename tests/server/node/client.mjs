// Speaks to a running server with the real @trpc/client. Usage: node client.mjs LINK [FOLDER], and in the environment
// TRPC_URL, JUPYTER_TOKEN, PROVIDER_URL and PROVIDER_KEY. Prints a line for each thing that held; ends with 1 otherwise.
import assert from 'node:assert/strict';
import { connect, folder, linkName, refusal, requests, run } from './support.mjs';

const { TRPC_URL: url, JUPYTER_TOKEN: token, PROVIDER_URL: baseUrl, PROVIDER_KEY: apiKey } = process.env;

const settings = connect();
const provider = { name: `日本 & "${linkName}" + %`, type: 'openai-compatible', credentials: { apiKey, baseUrl } };
let made;

const checks = {
  async 'a mutation gives the provider, and a query finds it'() {
    made = await settings.addProvider.mutate(provider);
    assert.deepEqual(made, { id: made.id, ...provider });
    assert.deepEqual((await settings.getProviders.query()).find(({ id }) => id === made.id), made);
  },
  async 'a model list is an array'() {
    const models = await settings.discoverModels.query({ providerId: made.id, forceRefresh: true });
    assert.ok(Array.isArray(models) && models.length > 0);
    for (const { id, name, capabilities } of models) {
      assert.equal(typeof id, 'string');
      assert.equal(typeof name, 'string');
      assert.ok(capabilities.every((word) => word === 'chat' || word === 'embedding'));
    }
  },
  async 'an entry is added, changed and deleted'() {
    const entry = await settings.addModel.mutate({ providerId: made.id, model: 'm', label: 'M', tasks: ['grade'] });
    const changed = await settings.updateModel.mutate({ id: entry.id, label: '' });
    assert.deepEqual(changed, { id: entry.id, providerId: made.id, model: 'm' });
    const gone = await settings.deleteModel.mutate({ id: entry.id });
    assert.deepEqual([gone.success, gone.tasks], [true, ['grade']]);
  },
  async 'a wrong key keeps the provider and says what to do'() {
    const wrong = `${apiKey}-wrong`;
    await settings.updateProvider.mutate({ id: made.id, credentials: { apiKey: wrong } });
    const error = await refusal(settings.discoverModels.query({ providerId: made.id }));
    assert.equal(error.data.code, 'INTERNAL_SERVER_ERROR');
    assert.equal(error.data.kind, 'INVALID_CREDENTIALS');
    assert.ok(error.data.hint);
    assert.ok(!JSON.stringify(error.shape).includes(wrong));
  },
  async 'refused fields are a JSON list of issues'() {
    const error = await refusal(settings.addProvider.mutate({ name: ' ', type: 'x', credentials: { apiKey: 'k' } }));
    assert.equal(error.data.code, 'BAD_REQUEST');
    assert.deepEqual(JSON.parse(error.message).map(({ path }) => path.join('.')), ['name', 'type']);
    assert.deepEqual(error.data.issues, JSON.parse(error.message));
    const missing = await refusal(settings.addProvider.mutate({ name: ' ', type: 'x', credentials: {} }));
    assert.deepEqual(missing.data.issues.map(({ path }) => path.join('.')), ['credentials.apiKey', 'name', 'type']);
    const kinds = await refusal(settings.deleteProvider.mutate({ id: 5, more: 1 }));
    assert.deepEqual(JSON.parse(kinds.message).map(({ code }) => code), ['invalid_type', 'unrecognized_keys']);
  },
  async 'calls of one tick fail each for itself'() {
    requests.length = 0;
    const outcomes = await Promise.allSettled([
      settings.getProviders.query(),
      settings.discoverModels.query({ providerId: 'nope' }),
      settings.discoverModels.query(),
      settings.nope.query(),
    ]);
    const told = outcomes.map(({ status, reason }) => (status === 'fulfilled' ? 'ok' : reason.data?.code));
    assert.deepEqual(told, ['ok', 'NOT_FOUND', 'BAD_REQUEST', 'NOT_FOUND']);
    // Without batches the replies come in any order.
    const statuses = { httpLink: [200, 400, 404, 404], httpBatchLink: [207], httpBatchStreamLink: [200] };
    assert.deepEqual(requests.map(({ status }) => status).sort(), statuses[linkName]);
  },
  async 'the wrong kind of call is refused'() {
    assert.equal((await refusal(settings.getProviders.mutate())).data.code, 'METHOD_NOT_SUPPORTED');
    assert.equal((await refusal(settings.deleteProvider.query({ id: made.id }))).data.code, 'METHOD_NOT_SUPPORTED');
  },
  async 'without a token, or with a wrong one, nobody is answered'() {
    for (const headers of [{}, { authorization: 'token wrong' }]) {
      const stranger = connect({ headers });
      if (linkName === 'httpBatchStreamLink' && folder === 'older') {
        // It cannot read the refusal of a whole request: its error is "Stream closed", from any server.
        await assert.rejects(stranger.getProviders.query());
        continue;
      }
      assert.equal((await refusal(stranger.getProviders.query())).data.code, 'UNAUTHORIZED');
      assert.equal((await refusal(stranger.deleteProvider.mutate({ id: made.id }))).data.code, 'UNAUTHORIZED');
    }
  },
  async 'a token in the base URL does'() {
    const list = await connect({ headers: {}, address: `${url}/?token=${token}` }).getProviders.query();
    assert.ok(list.some(({ id }) => id === made.id));
  },
  async 'keys come masked by header, by query, and to a page of another origin'() {
    const authorization = `token ${token}`;
    const masked = [
      connect({ headers: { authorization, 'x-dispatch-masked': '1' } }),
      connect({ address: `${url}?masked=1` }),
      connect({ headers: { authorization, origin: 'http://evil.example' } }),
    ];
    for (const client of masked) {
      const list = await client.getProviders.query();
      assert.match(list.find(({ id }) => id === made.id).credentials.apiKey, /^sk-….{4}$/);
    }
  },
  async 'many calls at once lose nothing'() {
    const names = Array.from({ length: 20 }, (_, index) => `many ${index}`);
    const added = await Promise.all(
      names.map((name) => settings.addProvider.mutate({ name, type: 'anthropic', credentials: { apiKey: 'sk-x' } })),
    );
    const stored = new Set((await settings.getProviders.query()).map(({ id }) => id));
    assert.ok(added.every(({ id }) => stored.has(id)));
    await Promise.all(added.map(({ id }) => settings.deleteProvider.mutate({ id })));
  },
  async 'a deletion says what it hit, and a second one fails'() {
    const gone = await settings.deleteProvider.mutate({ id: made.id });
    assert.deepEqual(gone, { success: true, entries: [], tasks: [] });
    const error = await refusal(settings.deleteProvider.mutate({ id: made.id }));
    assert.deepEqual([error.data.code, error.data.path], ['NOT_FOUND', 'settings.deleteProvider']);
    assert.ok((await settings.getProviders.query()).every(({ id }) => id !== made.id));
  },
};

await run(checks);
