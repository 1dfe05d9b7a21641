// Which types does @keyhole/sdk/helpers have? Facts of a page, named as Keen's tracker names them. In a browser only.

export interface ScreenProfile {
  height: number;
  width: number;
  colorDepth: number;
  pixelDepth: number;
  availHeight: number;
  availWidth: number;
  orientation: { angle: number; type: "landscape" | "portrait" };
}

export interface WindowProfile {
  height: number;
  width: number;
  scrollHeight: number;
  /** The window's share of the screen. */
  ratio: { height: number | null; width: number | null };
}

export interface BrowserProfile {
  cookies: boolean;
  codeName: string;
  /** Of the page: its `<meta name="description">`. */
  description: string;
  language: string;
  name: string;
  online: boolean;
  platform: string;
  useragent: string;
  version: string;
  doNotTrack: string | null;
  screen: ScreenProfile;
  window: WindowProfile;
}

/** How far down the page is seen, in pixels and as a share of it. */
export interface ScrollState {
  pixel: number;
  pixel_max: number;
  ratio: number | null;
  ratio_max: number;
}

export interface DomNodeProfile {
  action: string | null;
  class: string | null;
  href: string | null;
  id: string | null;
  event_key: string | null;
  method: string | null;
  name: string | null;
  node_name: string;
  selector: string;
  text: string | null;
  title: string | null;
  type: string | null;
  x_position: number | null;
  y_position: number | null;
}

export declare function getBrowserProfile(): BrowserProfile;
export declare function getScreenProfile(): ScreenProfile;
export declare function getWindowProfile(): WindowProfile;
/** The maxima of `previous` are carried on. */
export declare function getScrollState(previous?: Partial<ScrollState>): ScrollState;
/** By the browser's clock; weeks begin with Sunday, which is 1. */
export declare function getDatetimeIndex(date?: Date): {
  hour_of_day: number;
  day_of_week: number;
  day_of_month: number;
  month: number;
  year: number;
};
/** In ISO 8601 by the browser's clock, with its offset. */
export declare function getLocalTime(date?: Date): string;
/** `example.com`, `example.co.uk`: the last two labels of a host or an address, three where both are of two letters. */
export declare function getDomainName(url: string): string;
/** `body > div#x > a:eq(1)`. */
export declare function getDomNodePath(element: Element): string;
export declare function getDomNodeProfile(element: Element): DomNodeProfile;
/** A UUID, version 4. */
export declare function getUniqueId(): string;
