// The tRPC 11 API of dispatch_widgets' Jupyter Server extension, for createTRPCClient<AppRouter>().
// Types only: it needs @trpc/server (11.x) as a development dependency and adds nothing to a bundle.
// The server uses no transformer (no superjson): a client that sets one must drop it.
import type {
  TRPC_ERROR_CODE_KEY,
  TRPC_ERROR_CODE_NUMBER,
  TRPCBuiltRouter,
  TRPCDecorateCreateRouterOptions,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
} from '@trpc/server';

export type Capability = 'chat' | 'embedding';
export type Task = 'summarize' | 'classify' | 'grade' | 'embed' | 'digest' | 'skill';
export type NewProviderType = 'anthropic' | 'openai-compatible';

export interface Credentials {
  /** The key, or a reference such as `${OPENAI_API_KEY}`. Masked (`sk-…a1b2`) when asked for so. */
  apiKey: string;
  baseUrl?: string;
}

export interface Provider {
  id: string;
  name: string;
  /** `anthropic`, `openai-compatible`, `mock`, or a type that only a newer app knows. */
  type: NewProviderType | 'mock' | (string & {});
  credentials: Credentials;
}

export interface CatalogEntry {
  id: string;
  /** Absent in entries in the old format. */
  providerId?: string;
  model: string;
  label?: string;
  /** Absent: told from the model's id. */
  capabilities?: Capability[];
  /** Why it cannot be used, in a sentence; absent if it can. */
  problem?: string;
}

export interface Assignment {
  task: string;
  /** The catalog entry's id. */
  modelId: string;
  /** Why the task has no usable model, in a sentence; absent if it has one. */
  problem?: string;
  /** Why the Dispatch app refuses the model for this task (`embed` by an Anthropic provider). */
  appProblem?: string;
}

/** What this API knows of the settings file. */
export interface Settings {
  providers: Provider[];
  models: { catalog: CatalogEntry[]; assignment: Assignment[] };
}

export type Feature = 'vision' | 'audio' | 'tools' | 'reasoning' | 'structured_output';

/** What a server does not state is absent. */
export interface DiscoveredModel {
  id: string;
  name: string;
  /** Empty for a model that is neither: speech, image, moderation … */
  capabilities: Capability[];
  ownedBy?: string;
  /** Seconds since 1970. */
  created?: number;
  /** Tokens. */
  contextWindow?: number;
  /** Tokens. */
  maxOutputTokens?: number;
  inputModalities?: string[];
  features?: Feature[];
  /** US dollars for a million tokens. */
  price?: { input: number | null; output: number | null };
  deprecated?: boolean;
  shutdownDate?: string;
}

export interface Deleted {
  success: true;
  /** The catalog entries that lost their provider, or that went. */
  entries: CatalogEntry[];
  /** The tasks that used one of them. */
  tasks: string[];
}

export type DiscoveryKind =
  | 'INVALID_CREDENTIALS'
  | 'TIMEOUT'
  | 'CONNECTION_REFUSED'
  | 'UNKNOWN_HOST'
  | 'TLS'
  | 'PROXY'
  | 'RATE_LIMITED'
  | 'QUOTA'
  | 'HTTP_STATUS'
  | 'REDIRECT'
  | 'MALFORMED'
  | 'TOO_LARGE'
  | 'INTERRUPTED'
  | 'FORBIDDEN'
  | 'UNKNOWN_MODEL';

/** What would be sent where. */
export interface Consent {
  /** The environment variable's name, or the whole `keyring:SERVICE/USER`. */
  variable: string;
  /** With the scheme where it is not the usual one: https, and http on this machine and in private networks. */
  host: string;
}

export interface ErrorData {
  code: TRPC_ERROR_CODE_KEY;
  httpStatus: number;
  path?: string;
  /** What to do next, in a sentence. */
  hint?: string;
  /** Which failure it was, when asking a provider failed. */
  kind?: DiscoveryKind;
  /** The provider's own HTTP status. */
  providerStatus?: number;
  /** When a rate-limited provider may be asked again, as an ISO text. */
  retryAt?: string;
  /** A base URL of the same host that does answer with models. */
  suggestedBaseUrl?: string;
  /** One for each wrong field of the input; the same list as in the message. */
  issues?: InputIssue[];
  /**
   * The key is a reference, and was not made for this host: nothing was sent. Ask the user, in a button that
   * says both, then call updateProvider with the same object as `allowSending`.
   */
  consent?: Consent;
}

/** One wrong field of an input. */
export interface InputIssue {
  code: string;
  path: (string | number)[];
  message: string;
}

/**
 * A list with its state, as discoverModelList and GET /dispatch/models?providerId=… answer; the latter without
 * providerId: `{ providers: ModelListState[] }`.
 */
export interface ModelListState {
  providerId: string;
  providerName: string;
  models: DiscoveredModel[];
  /** null: there is no list at all. */
  source: 'live' | 'cache' | 'stale' | 'builtin' | null;
  fetchedAt: string | null;
  /** Empty when all is well. */
  warning: string;
  error:
    | (Omit<ErrorData, 'httpStatus' | 'path'> & { message: string })
    | null;
  retryAt: string | null;
  added: string[];
  removed: string[];
}

export interface ErrorShape {
  message: string;
  code: TRPC_ERROR_CODE_NUMBER;
  data: ErrorData;
}

interface Root {
  ctx: object;
  meta: object;
  errorShape: ErrorShape;
  transformer: false;
}

type Query<Input, Output> = TRPCQueryProcedure<{
  input: Input;
  output: Output;
  meta: object;
  errorShape: ErrorShape;
}>;

type Mutation<Input, Output> = TRPCMutationProcedure<{
  input: Input;
  output: Output;
  meta: object;
  errorShape: ErrorShape;
}>;

/** What comes along when an entry is sent back as it was read, or as the Dispatch app's page sends it. */
interface NotSaved {
  providerType?: string;
  problem?: string;
}

type SettingsProcedures = {
  /** Keys as in getProviders. There is no `update`: see docs/http-api.md. */
  get: Query<void, Settings>;
  getProviders: Query<void, Provider[]>;
  getCatalog: Query<void, CatalogEntry[]>;
  getAssignments: Query<void, Assignment[]>;
  addProvider: Mutation<{ name: string; type: NewProviderType; credentials: Credentials }, Provider>;
  /** What is not given stays; an empty apiKey keeps the key, an empty baseUrl clears the URL. */
  updateProvider: Mutation<
    {
      id: string;
      name?: string;
      type?: NewProviderType;
      credentials?: Partial<Credentials>;
      /**
       * What the user agreed to, as `data.consent` said it; holds while the server runs. Where the file says
       * something else by now, nothing is saved, and the error has the new `data.consent`, if one is needed.
       */
      allowSending?: Consent;
    },
    Provider
  >;
  /** Its catalog entries stay. `unassign` takes the tasks away that use one of them. */
  deleteProvider: Mutation<{ id: string; unassign?: boolean }, Deleted>;
  /** Cached for an hour unless `forceRefresh`. */
  discoverModels: Query<{ providerId: string; forceRefresh?: boolean }, DiscoveredModel[]>;
  /** The same list with its source, age, warning and retry time. */
  discoverModelList: Query<{ providerId: string; forceRefresh?: boolean }, ModelListState>;
  addModel: Mutation<
    {
      /** Made from provider and model when not given; no other entry may have it. */
      id?: string;
      providerId: string;
      model: string;
      label?: string;
      capabilities?: Capability[];
      tasks?: Task[];
    } & NotSaved,
    CatalogEntry
  >;
  /** What is not given stays; an empty label clears it. */
  updateModel: Mutation<
    {
      id: string;
      providerId?: string;
      model?: string;
      label?: string;
      capabilities?: Capability[];
    } & NotSaved,
    CatalogEntry
  >;
  deleteModel: Mutation<{ id: string }, Deleted>;
  assign: Mutation<{ task: Task; modelId: string }, Assignment>;
  /** A task without an entry stays as it is. */
  unassign: Mutation<{ task: Task }, { success: true }>;
};

export type AppRouter = TRPCBuiltRouter<
  Root,
  TRPCDecorateCreateRouterOptions<{
    settings: TRPCBuiltRouter<Root, TRPCDecorateCreateRouterOptions<SettingsProcedures>>;
  }>
>;
