// Made from the schema in src/profiles/schema.ts by scripts/types.ts; do not edit.

/**
 * Says what runtime handlers are: their isolation, and what becomes of each signal under them.
 */
export interface SandboxProfile {
  /**
   * Version of this object.
   */
  apiVersion: 'cofferdam.dev/v1alpha1';
  /**
   * Kind of this object.
   */
  kind: 'SandboxProfile';
  /**
   * Standard metadata of Kubernetes objects; decisions read only name.
   */
  metadata: {
    /**
     * Name of the object.
     */
    name: string;
    [k: string]: unknown;
  };
  /**
   * What a runtime handler is.
   */
  spec: {
    /**
     * A few words, for tables. Default: the name.
     */
    title?: string;
    /**
     * Runtime handlers (RuntimeClass.handler) that are this. A handler named here is no longer what a built-in profile says. Left out: the profile is there for others to extend.
     *
     * @maxItems 64
     *
     * Items: Name of a runtime handler.
     */
    handlers?: string[];
    /**
     * What stands between a container and the host kernel. Default: that of the profile it extends.
     */
    isolation?: 'host-kernel' | 'app-kernel' | 'vm' | 'confidential-vm';
    /**
     * Why the isolation is what it is, in one plain sentence, where the name promises another.
     */
    isolationReason?: string;
    /**
     * Where the reason can be checked.
     */
    isolationSource?: string;
    /**
     * Operating system of the Pods that these handlers run. Default: that of the profile it extends, or else linux. A Pod of another one is not placed there.
     */
    os?: 'linux' | 'windows';
    /**
     * Name of a profile, your own or a built-in one, whose isolation and words hold where this one says nothing. Handlers and node settings are not taken over.
     */
    extends?: string;
    /**
     * Settings of the nodes that the API does not show and that you vouch for. Never inherited: they belong to the handlers named here.
     */
    node?: {
      /**
       * Privileged containers get no host devices under this handler (privileged_without_host_devices = true in the configuration of containerd or CRI-O, on every node that has it).
       */
      privilegedWithoutHostDevices?: boolean;
    };
    /**
     * Set on what is no longer maintained: what to use instead. It then names no handlers.
     */
    retired?: string;
    /**
     * What becomes of each signal under these handlers, by signal id.
     */
    signals?: {
      /**
       * The word for a signal: either support with reason and source, or cases.
       */
      [k: string]: {
        /**
         * contained: works, and the host is out of reach. degraded: works differently or fails safely inside (a warning). unsupported: would not start, or not do what is asked. exposed: the host is reachable through it.
         */
        support?: 'contained' | 'degraded' | 'unsupported' | 'exposed';
        /**
         * Why, in one plain sentence. Users see it when the profile objects to their Pod.
         */
        reason?: string;
        /**
         * Where that can be checked: a URL, a path in a repository, or a test of your own.
         */
        source?: string;
        /**
         * For paths of the host that are exposed: the ones that are not the host's there, or lead nowhere, such as /proc under a VM. Where an exemption waives one, the class does not fit: the Pod would not see what it is exempt for. Left out: every path is served.
         */
        notServed?: {
          /**
           * Each with what is below it; * stands for any characters but slashes. "/" is the root directory by itself, "/*" is everything.
           *
           * @minItems 1
           * @maxItems 64
           *
           * Items: A path of the host, or a pattern of such.
           */
          paths: string[];
          /**
           * The paths among these that are served all the same.
           *
           * @maxItems 64
           *
           * Items: A path of the host, or a pattern of such.
           */
          except?: string[];
        };
        /**
         * Instead of one word: words that depend on the node settings. The first that holds counts.
         *
         * @minItems 1
         * @maxItems 8
         *
         * Items: A word, and the node settings under which it holds.
         */
        cases?: {
          /**
           * The node settings under which this word holds. Left out: always.
           */
          when?: {
            /**
             * Privileged containers get no host devices under this handler (privileged_without_host_devices = true in the configuration of containerd or CRI-O, on every node that has it).
             */
            privilegedWithoutHostDevices?: boolean;
          };
          /**
           * contained: works, and the host is out of reach. degraded: works differently or fails safely inside (a warning). unsupported: would not start, or not do what is asked. exposed: the host is reachable through it.
           */
          support: 'contained' | 'degraded' | 'unsupported' | 'exposed';
          /**
           * Why, in one plain sentence. Users see it when the profile objects to their Pod.
           */
          reason: string;
          /**
           * Where that can be checked: a URL, a path in a repository, or a test of your own.
           */
          source: string;
          /**
           * For paths of the host that are exposed: the ones that are not the host's there, or lead nowhere, such as /proc under a VM. Where an exemption waives one, the class does not fit: the Pod would not see what it is exempt for. Left out: every path is served.
           */
          notServed?: {
            /**
             * Each with what is below it; * stands for any characters but slashes. "/" is the root directory by itself, "/*" is everything.
             *
             * @minItems 1
             * @maxItems 64
             *
             * Items: A path of the host, or a pattern of such.
             */
            paths: string[];
            /**
             * The paths among these that are served all the same.
             *
             * @maxItems 64
             *
             * Items: A path of the host, or a pattern of such.
             */
            except?: string[];
          };
        }[];
      };
    };
    /**
     * What becomes of single resources under these handlers, by the name that Pods ask for (google.com/tpu). Goes before the word for the signal that the resource is of.
     */
    resources?: {
      /**
       * The word for a resource.
       */
      [k: string]: {
        /**
         * contained: works, and the host is out of reach. degraded: works differently or fails safely inside (a warning). unsupported: would not start, or not do what is asked. exposed: the host is reachable through it.
         */
        support: 'contained' | 'degraded' | 'unsupported' | 'exposed';
        /**
         * Why, in one plain sentence. Users see it when the profile objects to their Pod.
         */
        reason: string;
        /**
         * Where that can be checked: a URL, a path in a repository, or a test of your own.
         */
        source: string;
      };
    };
  };
}
