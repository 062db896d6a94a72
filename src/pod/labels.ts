/** Labels of this project: modes and floors on Namespaces, risk on both. */
export const MODE_LABEL = 'cofferdam.dev/mode';
export const RISK_LABEL = 'cofferdam.dev/risk';
export const MINIMUM_ISOLATION_LABEL = 'cofferdam.dev/minimum-isolation';
