// Which types does @keyhole/sdk/track have? Recording without waiting, and tracking a page by itself.

import { Recorder as RecorderOfClient } from "./index.js";

export type { Extension, RecorderEvents, RecorderOptions } from "./index.js";
export { KeyholeError } from "./index.js";

/** As the client's recorder, but that what an event may not hold is said by the server alone. */
export declare class Recorder extends RecorderOfClient {}

/** What is tracked. Left out, a switch is on unless it says otherwise. */
export interface TrackingOptions {
  /** A view on loading, and for every navigation within the page (the history API). */
  pageViews?: boolean;
  /** Record views when they end instead, so that time and scrolling are those of the whole view. Off. */
  pageViewsOnExit?: boolean;
  /** Clicks on links and whatever is inside of them, and on elements that match `clickable`. */
  clicks?: boolean;
  /** More elements whose clicks are recorded, as a CSS selector: `button, [data-track]`. */
  clickable?: string;
  /** Where the pointer was. Off. */
  clickPosition?: boolean;
  formSubmissions?: boolean;
  /** Each time an element is fully visible. */
  elementViews?: boolean;
  /** Those elements. By default `.track-element-view`. */
  viewable?: string;
  scrollState?: boolean;
  /** Fields of these types are left out besides `password`, `hidden` and `file`. */
  ignoreFormFieldTypes?: string[];
  /** Fields that match this CSS selector are left out. By default `[data-private], [data-private] *`. */
  privateFields?: string;
  ignoreDisabledFormFields?: boolean;
  /** Store the visitor's address. Off, its place on the map is still found out. */
  collectIpAddress?: boolean;
  /** A random id that tells visitors apart, in a cookie of a year. */
  collectUuid?: boolean;
  /** Share that id among the subdomains of this site. Off. */
  shareUuidAcrossDomains?: boolean;
}

/**
 * Tracks this page through a recorder, in the collections `pageviews`, `clicks`, `form_submissions` and `element_views`;
 * resolves to what stops it. Nothing is stored, no cookie either, before the recorder may record.
 */
export declare function autotrack(recorder: RecorderOfClient, options?: TrackingOptions): Promise<() => void>;
