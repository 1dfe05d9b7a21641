// Which types does @keyhole/sdk/server have? Definitions are spelt as the server spells them.

import type { JsonValue, KeyholeOptions, Permission, RequestOptions } from "./index.js";

export { KeyholeError } from "./index.js";

export interface KeysOptions extends Pick<KeyholeOptions, "url" | "projectId"> {
  /** The master key, or an access key that is permitted `keys`. Never in a page. */
  key: string;
  /** In place of the platform's own: a service binding's, bound to it. */
  fetch?: typeof fetch;
}

/** What a key may do. What is left out is not restricted. */
export interface KeyDefinition {
  /** For people. */
  name: string;
  permitted: Permission[];
  /** By default true. */
  is_active?: boolean;
  /** By permission; see the documentation of access keys. */
  options?: { [Name in Permission]?: { [option: string]: JsonValue } };
  /** ISO 8601 */
  expires_at?: string | null;
  /** ISO 8601 */
  not_before?: string | null;
  /** Your name for whoever the key is for. */
  external_id?: string | null;
  metadata?: { [name: string]: JsonValue } | null;
}

/** A key as the server keeps it. */
export interface AccessKey extends KeyDefinition {
  /** Names the key and opens nothing: 24 hexadecimal digits. */
  id: string;
  /** The key itself; `null` where the server cannot read it any more. */
  key: string | null;
  project_id: string;
  is_active: boolean;
  created_at: string;
  updated_at: string;
  /** To the minute. */
  last_used_at: string | null;
  /** The id of the key that made it. */
  made_by?: string | null;
}

/** The keys of one project. Every method rejects with a `KeyholeError`. */
export declare class Keys {
  /** Throws a `TypeError` that names the option which cannot be used. */
  constructor(options: KeysOptions);
  /** Makes a key. Not tried again when the network fails: it may have been made. */
  create(definition: KeyDefinition, options?: RequestOptions): Promise<AccessKey>;
  /**
   * Makes a key within the one at hand: what limits that is repeated, the definition's filters come on top. By
   * default with the same permissions. With the master key, `create`.
   */
  narrow(
    definition: Omit<KeyDefinition, "permitted"> & Partial<Pick<KeyDefinition, "permitted">>,
    options?: RequestOptions,
  ): Promise<AccessKey>;
  /** By its id, or by the key itself. */
  get(id: string, options?: RequestOptions): Promise<AccessKey>;
  /** All that fit, the oldest first, asked for 200 at a time. */
  list(
    filter?: { name?: string; externalId?: string; isActive?: boolean },
    options?: RequestOptions,
  ): AsyncGenerator<AccessKey, void, undefined>;
  /** Replaces the definition by what `change` makes of it; done again where it was changed meanwhile. */
  change(
    id: string,
    change: (definition: KeyDefinition) => KeyDefinition | Promise<KeyDefinition>,
    options?: RequestOptions,
  ): Promise<AccessKey>;
  /** A new string for the key; the old one goes on for so many seconds, by default 0, at most 30 days. */
  rotate(id: string, options?: RequestOptions & { overlapSeconds?: number }): Promise<AccessKey>;
  /** In force from the next request on. */
  revoke(id: string, options?: RequestOptions): Promise<AccessKey>;
  /** Undoes `revoke`. */
  restore(id: string, options?: RequestOptions): Promise<AccessKey>;
  /** For good, with the keys it made. */
  delete(id: string, options?: RequestOptions): Promise<void>;
  /** Revokes every key with this external id; resolves to how many. */
  revokeAll(externalId: string, options?: RequestOptions): Promise<number>;
}
