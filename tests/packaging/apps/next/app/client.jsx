"use client";
// Does the package run in a component of the client?

import { useEffect } from "react";
import { place, runInPage, show } from "../../program.js";

export function Client() {
  useEffect(() => {
    show(() => runInPage(place(location.origin)));
  }, []);
  return <keyhole-connection />;
}
