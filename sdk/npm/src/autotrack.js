export function startTracking() {}
