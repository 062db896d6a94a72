export const CHART_FILE = 'Chart.yaml';
/** kustomize `konfig.RecognizedKustomizationFileNames`. */
export const KUSTOMIZATION_FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** What `helm template` reads of a chart by itself. */
export const CHART_FOLDERS = ['templates', 'charts', 'crds'];
/** What it reads beside them, and what is no manifest unless it says so. */
export const CHART_VALUES = ['values.yaml', 'values.schema.json', 'requirements.yaml'];
