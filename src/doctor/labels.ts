/** Labels of Namespaces. */
export const MODE_LABEL = 'cofferdam.dev/mode';
export const RISK_LABEL = 'cofferdam.dev/risk';
export const MINIMUM_LABEL = 'cofferdam.dev/minimum-isolation';
