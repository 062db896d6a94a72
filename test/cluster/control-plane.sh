# shellcheck shell=bash disable=SC2153  # the script that sources it sets ADDRESS, API_PORT, ETCD_URL and ETCD_PEER_URL
# What up.sh and control.sh share: credentials, etcd, the API server and the controllers. Comes after lib.sh.

PKI=$STATE/pki
SERVICE_IP=10.96.0.1

# issue NAME SUBJECT: a key and a certificate of the cluster's CA, good for a client and for a server on this machine.
issue() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$PKI/$1.key" -subj "$2" 2>/dev/null |
    openssl x509 -req -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -CAcreateserial -days 30 -out "$PKI/$1.crt" -extfile <(
      echo "subjectAltName=IP:127.0.0.1,IP:$ADDRESS,IP:$SERVICE_IP,DNS:node1,DNS:localhost,DNS:kubernetes.default"
      echo extendedKeyUsage=serverAuth,clientAuth
    ) 2>/dev/null || die "openssl could not issue the certificate of $1"
}

# kubeconfig NAME SUBJECT
kubeconfig() {
  issue "$1" "$2"
  cat >"$STATE/$1.kubeconfig" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://$ADDRESS:$API_PORT", certificate-authority: $PKI/ca.crt}}]
users: [{name: u, user: {client-certificate: $PKI/$1.crt, client-key: $PKI/$1.key}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
YAML
}

make_credentials() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$PKI/ca.key" -out "$PKI/ca.crt" \
    -subj /CN=cofferdam-test-cluster -days 30 2>/dev/null || die 'openssl could not make the CA'
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$PKI/sa.key" 2>/dev/null
  openssl pkey -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub"
  issue apiserver /CN=kube-apiserver
  kubeconfig admin /O=system:masters/CN=admin
  kubeconfig controllers /CN=system:kube-controller-manager
  write_webhook_client
}

# The arguments of these three are added to the program's.
start_etcd() {
  start etcd etcd --data-dir "$STATE/etcd" --listen-client-urls "$ETCD_URL" --advertise-client-urls "$ETCD_URL" \
    --listen-peer-urls "$ETCD_PEER_URL" --initial-advertise-peer-urls "$ETCD_PEER_URL" \
    --initial-cluster "default=$ETCD_PEER_URL" "$@"
  wait_for 30 etcd listens "${ETCD_URL#http://}"
}

# What the API server shows to webhooks, whichever they are (docs/operations.md, "Knowing the API server").
write_webhook_client() {
  issue webhooks /CN=kube-apiserver
  cat >"$STATE/webhooks.kubeconfig" <<YAML
apiVersion: v1
kind: Config
users: [{name: "*", user: {client-certificate: $PKI/webhooks.crt, client-key: $PKI/webhooks.key}}]
YAML
  cat >"$STATE/admission.yaml" <<YAML
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
  - name: MutatingAdmissionWebhook
    configuration: &webhooks
      apiVersion: apiserver.config.k8s.io/v1
      kind: WebhookAdmissionConfiguration
      kubeConfigFile: $STATE/webhooks.kubeconfig
  - name: ValidatingAdmissionWebhook
    configuration: *webhooks
YAML
}

start_apiserver() {
  start kube-apiserver kube-apiserver --etcd-servers="$ETCD_URL" --secure-port="$API_PORT" \
    --service-cluster-ip-range=10.96.0.0/16 --allow-privileged=true \
    --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" --client-ca-file="$PKI/ca.crt" \
    --service-account-key-file="$PKI/sa.pub" --service-account-signing-key-file="$PKI/sa.key" \
    --service-account-issuer=https://kubernetes.default --admission-control-config-file="$STATE/admission.yaml" "$@"
  wait_for 120 kube-apiserver kubectl --kubeconfig "$KUBECONFIG_FILE" get --raw /readyz
}

start_controllers() {
  start kube-controller-manager kube-controller-manager --kubeconfig="$STATE/controllers.kubeconfig" \
    --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/ca.crt" \
    --use-service-account-credentials --leader-elect=false --bind-address=127.0.0.1 "$@"
}

# True when something listens at host:port.
listens() { (: <"/dev/tcp/${1%:*}/${1#*:}") 2>/dev/null; }

# require_free PORT…
require_free() {
  local port
  for port in "$@"; do
    listens "127.0.0.1:$port" &&
      die "port $port is in use by a process that this script did not start: end it, or set KUBECONFIG to use another cluster"
  done
  return 0
}
