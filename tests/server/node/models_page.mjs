// Builds a whole Models page from nothing with the real @trpc/client: what a page shows, it reads back over the API.
// Usage: node models_page.mjs LINK [FOLDER], with the environment of client.mjs and a settings file without content.
import assert from 'node:assert/strict';
import { connect, linkName, refusal, requests, run } from './support.mjs';

const { PROVIDER_URL: baseUrl, ANTHROPIC_URL: anthropicUrl, PROVIDER_KEY: apiKey } = process.env;
const settings = connect();
const fields = (error) => error.data.issues.map(({ path }) => path.join('.')).sort();
const lab = { name: 'Lab', type: 'openai-compatible', credentials: { apiKey, baseUrl } };
const claude = { name: 'Claude', type: 'anthropic', credentials: { apiKey, baseUrl: anthropicUrl } };
const shown = { providers: [], models: { catalog: [], assignment: [] } }; // what the page has on it

/** What a page that is opened now has on it. */
async function opened() {
  requests.length = 0;
  const [all, providers, catalog, assignment] = await Promise.all([
    settings.get.query(),
    settings.getProviders.query(),
    settings.getCatalog.query(),
    settings.getAssignments.query(),
  ]);
  assert.equal(requests.length, linkName === 'httpLink' ? 4 : 1);
  assert.deepEqual(all, { providers, models: { catalog, assignment } });
  return all;
}

const checks = {
  async 'nothing is there, and nothing is made by looking'() {
    assert.deepEqual(await opened(), shown);
  },
  async 'a form with mistakes is told all of them, and saves nothing'() {
    const empty = settings.addProvider.mutate({ name: '', type: 'openai-compatible', credentials: { baseUrl: 'x' } });
    assert.deepEqual(fields(await refusal(empty)), ['credentials.apiKey', 'credentials.baseUrl', 'name']);
    const model = settings.addModel.mutate({ model: '', capabilities: ['nope'], tasks: ['nope'] });
    assert.deepEqual(fields(await refusal(model)), ['capabilities', 'model', 'providerId', 'tasks']);
    assert.deepEqual(await opened(), shown);
  },
  async 'providers are added'() {
    for (const given of [lab, claude]) shown.providers.push(await settings.addProvider.mutate(given));
    assert.deepEqual(shown.providers.map(({ id, ...rest }) => rest), [lab, claude]);
    assert.deepEqual(await opened(), shown);
  },
  async 'each lists its models, with where the list is from'() {
    for (const { id, name } of shown.providers) {
      const list = await settings.discoverModelList.query({ providerId: id });
      assert.deepEqual([list.providerName, list.source, list.warning, list.retryAt], [name, 'live', '', null]);
      assert.ok(list.models.length > 0);
      assert.deepEqual(await settings.discoverModels.query({ providerId: id, forceRefresh: false }), list.models);
      const again = await settings.discoverModelList.query({ providerId: id, forceRefresh: false });
      assert.deepEqual([again.source, again.fetchedAt], ['cache', list.fetchedAt]);
    }
  },
  async 'models are kept under ids of the page, as the Dispatch app makes them'() {
    for (const { id: providerId } of shown.providers) {
      const models = await settings.discoverModels.query({ providerId, forceRefresh: false });
      for (const kind of ['chat', 'embedding']) {
        const model = models.find(({ capabilities }) => capabilities.includes(kind));
        if (!model) continue; // Anthropic has no embeddings
        const id = `model-${providerId}-${kind}`;
        const entry = { id, providerId, model: model.id, label: model.name, capabilities: model.capabilities };
        assert.deepEqual(await settings.addModel.mutate(entry), entry);
        shown.models.catalog.push(entry);
      }
    }
    assert.equal(shown.models.catalog.length, 3);
    assert.deepEqual(await opened(), shown);
    const twice = await refusal(settings.addModel.mutate(shown.models.catalog[0]));
    assert.deepEqual(fields(twice), ['id']);
  },
  async 'an entry is edited as the Dispatch app edits it'() {
    const entry = { ...shown.models.catalog[0], label: 'Mine' };
    assert.deepEqual(await settings.updateModel.mutate({ ...entry, providerType: 'openai' }), entry);
    shown.models.catalog[0] = entry;
    assert.deepEqual(await opened(), shown);
  },
  async 'tasks get their entries'() {
    const [chat, embedding] = shown.models.catalog;
    for (const [task, entry] of [['summarize', chat], ['embed', embedding], ['grade', chat]]) {
      const made = await settings.assign.mutate({ task, modelId: entry.id });
      assert.deepEqual(made, { task, modelId: entry.id });
      shown.models.assignment.push(made);
    }
    assert.deepEqual(await settings.unassign.mutate({ task: 'grade' }), { success: true });
    shown.models.assignment.pop();
    assert.deepEqual(await opened(), shown);
  },
  async 'what the Dispatch app refuses is marked'() {
    const made = await settings.assign.mutate({ task: 'embed', modelId: shown.models.catalog[2].id });
    assert.match(made.appProblem, /Dispatch app refuses/);
    shown.models.assignment[1] = made;
    assert.deepEqual(await opened(), shown);
  },
  async 'a deleted provider leaves its entries marked, until they get another'() {
    const [, gone] = shown.providers.splice(0, 2, shown.providers[0]);
    const hit = await settings.deleteProvider.mutate({ id: gone.id });
    assert.deepEqual([hit.entries.map(({ id }) => id), hit.tasks], [[shown.models.catalog[2].id], ['embed']]);
    const { models } = await opened();
    assert.match(models.catalog[2].problem, /provider was deleted/);
    assert.ok(models.assignment[1].problem && !models.assignment[1].appProblem);
    const mended = await settings.updateModel.mutate({ ...models.catalog[2], providerId: shown.providers[0].id });
    assert.equal(mended.problem, undefined);
    shown.models.catalog[2] = mended;
    shown.models.assignment[1] = { task: 'embed', modelId: mended.id };
    assert.deepEqual(await opened(), shown);
  },
  async 'there is no way to write the whole file'() {
    const error = await refusal(settings.update.mutate({ models: { catalog: [], assignment: [] } }));
    assert.equal(error.data.code, 'NOT_FOUND');
    assert.deepEqual(await opened(), shown);
  },
  async 'all of it is taken away again'() {
    for (const { id } of shown.models.catalog) await settings.deleteModel.mutate({ id });
    for (const { id } of shown.providers) await settings.deleteProvider.mutate({ id });
    assert.deepEqual(await opened(), { providers: [], models: { catalog: [], assignment: [] } });
  },
};

await run(checks);
