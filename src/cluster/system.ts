/** Namespaces of Kubernetes itself: the API server never calls the webhook for them. */
export const SYSTEM_NAMESPACES: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];
