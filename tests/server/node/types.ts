// Compiled, never run: each line holds only if app_router.d.ts tells the types that the server keeps to.
import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from '@trpc/client';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type {
  AppRouter,
  Assignment,
  CatalogEntry,
  DiscoveredModel,
  InputIssue,
  ModelListState,
  Provider,
  Settings,
} from '../../../dispatch_widgets/server/app_router.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_Claim extends true>(): void {}

const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: '/dispatch/trpc' })] });
createTRPCClient<AppRouter>({ links: [httpLink({ url: '/dispatch/trpc' })] });

export async function outputs(): Promise<void> {
  const providers = await client.settings.getProviders.query();
  holds<Equal<typeof providers, Provider[]>>();
  const made = await client.settings.addProvider.mutate({
    name: 'A',
    type: 'anthropic',
    credentials: { apiKey: 'k' },
  });
  holds<Equal<typeof made, Provider>>();
  await client.settings.updateProvider.mutate({ id: made.id, credentials: { baseUrl: '' } });
  const models = await client.settings.discoverModels.query({ providerId: made.id });
  holds<Equal<typeof models, DiscoveredModel[]>>();
  const entry = await client.settings.addModel.mutate({ providerId: made.id, model: 'm', tasks: ['grade'] });
  holds<Equal<typeof entry, CatalogEntry>>();
  const changed = await client.settings.updateModel.mutate({ id: entry.id, label: '' });
  holds<Equal<typeof changed, CatalogEntry>>();
  await client.settings.updateModel.mutate({ ...changed, providerType: 'openai' });
  const set = await client.settings.assign.mutate({ task: 'grade', modelId: entry.id });
  holds<Equal<typeof set, Assignment>>();
  const read = await client.settings.get.query();
  holds<Equal<typeof read, Settings>>();
  holds<Equal<typeof read.models.catalog, CatalogEntry[]>>();
  list(await client.settings.discoverModelList.query({ providerId: made.id }));
  const { success } = await client.settings.unassign.mutate({ task: 'grade' });
  holds<Equal<typeof success, true>>();
  const gone = await client.settings.deleteModel.mutate({ id: entry.id });
  holds<Equal<typeof gone.success, true>>();
  const { tasks } = await client.settings.deleteProvider.mutate({ id: made.id, unassign: true });
  holds<Equal<typeof tasks, string[]>>();
}

export async function refusedInputs(): Promise<void> {
  // @ts-expect-error an input is needed
  await client.settings.deleteProvider.mutate();
  // @ts-expect-error a text is needed
  await client.settings.discoverModels.query({ providerId: 5 });
  // @ts-expect-error no such type of provider
  await client.settings.addProvider.mutate({ name: 'A', type: 'nope', credentials: { apiKey: 'k' } });
  // @ts-expect-error no such field
  await client.settings.updateProvider.mutate({ id: 'x', apikey: 'k' });
  // @ts-expect-error a yes says to what
  await client.settings.updateProvider.mutate({ id: 'x', allowSending: true });
  // @ts-expect-error no such task
  await client.settings.assign.mutate({ task: 'nope', modelId: 'x' });
  // @ts-expect-error it would write the whole file
  await client.settings.update.mutate({});
  // @ts-expect-error a query is no mutation
  await client.settings.getProviders.mutate();
  // @ts-expect-error no such procedure
  await client.settings.nope.query();
}

export function errors(error: unknown): string | undefined {
  if (!(error instanceof TRPCClientError)) return undefined;
  const told = error as TRPCClientError<AppRouter>;
  if (told.data?.issues) {
    holds<Equal<typeof told.data.issues, InputIssue[]>>();
    return told.data.issues.map((issue) => issue.path.join('.')).join(', ');
  }
  if (told.data?.kind === 'RATE_LIMITED') return told.data.retryAt;
  // @ts-expect-error no such kind
  if (told.data?.kind === 'NOPE') return undefined;
  return told.data?.hint;
}

export async function agree(error: TRPCClientError<AppRouter>, yes: boolean): Promise<void> {
  const consent = error.data?.consent;
  if (consent && yes) await client.settings.updateProvider.mutate({ id: 'x', allowSending: consent });
}

export function list(state: ModelListState): string {
  return state.error === null ? `${state.models.length} from ${state.source}` : state.error.message;
}

holds<Equal<inferRouterOutputs<AppRouter>['settings']['discoverModels'], DiscoveredModel[]>>();
holds<Equal<inferRouterInputs<AppRouter>['settings']['deleteModel'], { id: string }>>();
holds<Equal<inferRouterInputs<AppRouter>['settings']['getProviders'], void>>();
