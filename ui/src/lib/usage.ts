/** Use per day and per app, summed up for charts. */

export interface Used {
  app: string;
  requests: number;
  failed: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
}

export interface Day {
  day: string;
  apps: Used[];
}

export type Measure = 'requests' | 'tokens';

export function measured(used: Used, by: Measure): number {
  return by === 'requests' ? used.requests : used.inputTokens + used.outputTokens;
}

/** What one app used on a day, or all of them. */
export function onDay(day: Day, by: Measure, app: string | null): number {
  return day.apps.filter((used) => app === null || used.app === app).reduce((sum, used) => sum + measured(used, by), 0);
}

/** Each app's whole use, the largest first. */
export function perApp(days: Day[], by: Measure): { app: string; value: number }[] {
  const sums = new Map<string, number>();
  for (const used of days.flatMap((day) => day.apps)) {
    sums.set(used.app, (sums.get(used.app) ?? 0) + measured(used, by));
  }
  return [...sums].map(([app, value]) => ({ app, value })).sort((a, b) => b.value - a.value || a.app.localeCompare(b.app));
}

/** The day with the most; the first of several. */
export function busiest(days: { day: string; value: number }[]): { day: string; value: number } | null {
  return days.reduce<{ day: string; value: number } | null>((most, day) => (most && most.value >= day.value ? most : day), null);
}
