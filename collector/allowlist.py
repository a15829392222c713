"""What the default redaction lets through: for each reading the only form its value may have.

A reading that no row names, or whose value has another form, is withheld. Rows are (type, subtype, key, value),
each a pattern for the whole text; the first row whose name fits decides. Keep them narrow: a pattern that takes
any word takes a host's name too.
"""

from __future__ import annotations

import re
from typing import Iterable, List, Optional, Pattern, Tuple

VERSION = r"v?\d{1,5}(\.\d{1,10}){1,4}([-+~_.][0-9A-Za-z.+~_-]{1,48})?"
# Ten digits hold every count and size there is; longer ones are serial numbers, but for the kernel's own "no limit".
NUMBER = r"-?\d{1,10}"
LIMIT = rf"{NUMBER}|9223372036854775807|18446744073692774399|18446744073709551615|infinity"
FLAG = r"true|false"
SWITCH = r"Enabled|Disabled|N/A|None"
API_VERSIONS = r"v\d{1,2}((alpha|beta)\d{1,2})?(,v\d{1,2}((alpha|beta)\d{1,2})?)*"
GPU_NAME = (
    r"(NVIDIA|Tesla|Quadro|GeForce|GRID|DGX|HGX|RTX|A\d{2,3}|[HBL]\d{1,3}|G[BH]\d{3})"
    r"([ -][A-Za-z0-9./()+]{1,16}){0,8}"
)
DISTRIBUTION = (
    r"(Ubuntu|Debian GNU/Linux|Red Hat Enterprise Linux( CoreOS)?|Container-Optimized OS( from Google)?|"
    r"Amazon Linux|Oracle Linux( Server)?|SUSE Linux Enterprise Server|SLES|Rocky Linux|AlmaLinux|CentOS Stream|"
    r"Fedora Linux|Flatcar Container Linux by Kinvolk|Talos|Bottlerocket( OS)?|Azure Linux|CBL-Mariner/Linux|"
    r"Common Base Linux Mariner|NVIDIA DGX OS|DGX OS)"
)
NICKNAME = r"( \([A-Za-z][A-Za-z ]{2,24}\))?"
OS_NAME = rf"{DISTRIBUTION}( \(?v?\d[0-9.]{{0,24}}\)?)?( LTS| SP\d)?{NICKNAME}( \(aws-k8s-[0-9.]+\))?"
DISTRIBUTION_ID = (
    r"ubuntu|debian|rhel|rhcos|cos|amzn|ol|sles|rocky|almalinux|centos|fedora|flatcar|talos|bottlerocket|"
    r"azurelinux|mariner|alpine|arch|nixos|opensuse(-leap|-tumbleweed)?|dgx"
)
CODENAME = (
    r"bionic|focal|jammy|noble|oracular|plucky|questing|resolute|buster|bullseye|bookworm|trixie|forky|Plow|Ootpa"
    r"|Coughlan"
)
INSTANCE_TYPE = (
    r"[a-z][a-z0-9-]{1,12}\.(\d{0,2}xlarge|metal(-\d{1,3}xl)?|large|medium|small|micro|nano)"
    r"|Standard_[A-Z]{1,3}\d{1,3}[A-Za-z0-9_-]{0,32}"
    r"|[a-z]\d[a-z]?-(standard|highmem|highcpu|highgpu|megagpu|ultragpu|maxgpu|edgegpu|medium|micro|small)"
    r"(-\d{1,3}[a-z]?)?(-lssd|-nolssd|-metal)?"
    r"|(BM|VM)\.[A-Za-z]{2,10}[0-9]?(\.[A-Za-z0-9]{1,12}){1,3}"
    r"|g\d-(standard|dedicated|gpu|highmem|nanode|accelerated)[a-z0-9-]{0,24}"
    r"|k3s|rke2|kind"
)
REGION = (
    r"(us|eu|ap|sa|ca|me|af|il|mx|cn|uk|asia|europe|australia|africa|northamerica|southamerica)(-gov)?-"
    r"(north|south|east|west|central)?(north|south|east|west|central|ashburn|phoenix|chicago|sanjose|frankfurt|london|tokyo"
    r"|osaka|mumbai|sydney)-?\d{1,2}"
)
# Text forms of boot parameters: numbers, sizes, CPU lists, and words the kernel's documentation gives them.
_BOOT_WORD = (
    r"on|off|auto|pt|nopt|force|strict|lazy|never|always|madvise|performance|powersave|y|n|yes|no|none|full|soft|single|"
    r"domain|managed_irq|nohz|nosmt|realloc|noaer|nommconf|pcie_bus_perf|pcie_bus_safe|tsc|hpet|disable|enable|"
    r"intel_pstate|passive|active|tty\w{1,6}|115200n?8?|host|guest"
)
_BOOT_ITEM = rf"(-?\d{{1,10}}[KMGT]?(-\d{{1,6}}(:\d{{1,4}}/\d{{1,4}})?)?|0x[0-9a-fA-F]{{1,16}}|{_BOOT_WORD})"
BOOT_VALUE = rf"({_BOOT_ITEM}([,=:]{_BOOT_ITEM})*)?"
BOOT_NAME = (
    r"hugepages|hugepagesz|default_hugepagesz|iommu(\.passthrough|\.strict)?|intel_iommu|amd_iommu|numa|numa_balancing|"
    r"isolcpus|nohz|nohz_full|rcu_nocbs|pci|pcie_aspm|pcie_ports|mitigations|transparent_hugepage|cgroup_disable|"
    r"cgroup_enable|cgroup_no_v1|systemd\.unified_cgroup_hierarchy|console|ro|rw|quiet|splash|nomodeset|nosmt|"
    r"processor\.max_cstate|intel_idle\.max_cstate|intel_pstate|amd_pstate|tsc|clocksource|idle|init_on_alloc|"
    r"module_blacklist|panic|net\.ifnames|biosdevname|selinux|apparmor|audit|swapaccount|psi|"
    r"nvme_core\.(io|admin)_timeout|nvidia(-drm|-modeset|-uvm)?\.[A-Za-z_]{3,48}|rd\.driver\.blacklist"
)
MODULE = (
    r"(nvidia|gdrdrv|nv_peer_mem|nouveau|ib_|mlx[45]_?|rdma_|iw_|efa|irdma|bnxt|ena|gve|gdr|ixgbe|ice|i40e|igb|e1000|tg3|"
    r"nvme|nvmet|nfs|lustre|lnet|overlay|br_netfilter|bridge|nf_|nft_|xt_|ip_|ip6|iptable_|ip6table_|ipt_|tun|veth|vxlan|"
    r"kvm|vfio|virtio|vhost|vmw|hv_|mana|dm_|md_|raid|xfs|ext4|btrfs|fuse|loop|zram|ipmi_|acpi_|amd|intel_|i2c_|"
    r"kvm_|hid|usb|snd|drm|ttm|dca|mdio|mii|libcrc32c|crc|aes|ghash|sha|crypto|cryptd|sunrpc|grace|lockd|"
    r"dummy|macvlan|ipvlan|ipvtap|geneve|wireguard|bonding|8021q|garp|mrp|stp|llc|sch_|cls_|act_|tcp_|udp_|"
    r"configfs|efivarfs|autofs4|binfmt_misc|edac|skx|i10nm|isst|rapl|k10temp|wmi|dax|nd_|nfit|cxl|idxd|tpm|"
    r"rpcrdma|svcrdma|knem|xpmem|gpu_|drm_|sd_mod|sr_mod|sg|scsi|ahci|libata|megaraid|mpt|aacraid|target)[a-z0-9_]{0,20}"
)
# Kernel parameters that tune what GPU workloads feel; each is a whole number.
SYSCTL = (
    r"/proc/sys/(vm/(max_map_count|nr_hugepages|nr_overcommit_hugepages|overcommit_memory|overcommit_ratio|swappiness|"
    r"min_free_kbytes|dirty_ratio|dirty_background_ratio|zone_reclaim_mode|compaction_proactiveness|"
    r"vfs_cache_pressure|max_huge_pages|hugetlb_shm_group|oom_kill_allocating_task|panic_on_oom|"
    r"watermark_scale_factor|stat_interval)"
    r"|kernel/(numa_balancing|pid_max|threads-max|sched_autogroup_enabled|sched_rt_runtime_us|panic|panic_on_oops|"
    r"hung_task_timeout_secs|nmi_watchdog|watchdog|softlockup_panic|perf_event_paranoid|kptr_restrict|dmesg_restrict|"
    r"randomize_va_space|sysrq|shmmax|shmall|shmmni|msgmax|msgmnb|msgmni|unprivileged_bpf_disabled|"
    r"unprivileged_userns_clone|kexec_load_disabled|io_uring_disabled|timer_migration)"
    r"|fs/(file-max|nr_open|aio-max-nr|protected_hardlinks|protected_symlinks|suid_dumpable|"
    r"inotify/max_user_instances|inotify/max_user_watches|inotify/max_queued_events|pipe-max-size)"
    r"|user/max_(user|pid|net|mnt|ipc|uts|cgroup)_namespaces)"
)
API_GROUP = (
    r"(apps|batch|autoscaling|policy|"
    r"(admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|"
    r"events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|"
    r"storagemigration|metrics|custom\.metrics|external\.metrics|snapshot\.storage|gateway\.networking|node\.kubernetes"
    r")\.k8s\.io|"
    r"(inference\.networking|inference\.networking\.x|kueue\.x|jobset\.x|leaderworkerset\.x|nfd|topology\.node|"
    r"resource)(-k8s|\.k8s)\.io|x-k8s\.io|nfd\.k8s-sigs\.io|scheduling\.x-k8s\.io|"
    r"nvidia\.com|[a-z]{2,20}\.nvidia\.com|mellanox\.com|cert-manager\.io|acme\.cert-manager\.io|monitoring\.coreos\.com|"
    r"kubeflow\.org|trainer\.kubeflow\.org|scheduling\.run\.ai|run\.ai|kai\.scheduler|kgateway\.dev|gateway\.kgateway\.dev|"
    r"agentgateway\.dev|karpenter\.sh|karpenter\.k8s\.aws|eks\.amazonaws\.com|vpcresources\.k8s\.aws|crd\.k8s\.amazonaws\.com|"
    r"skyhook\.nvidia\.com|slinky\.slurm\.net|mariadb\.mmontes\.io|k8s\.mariadb\.com|psmdb\.percona\.com|keda\.sh|"
    r"projectcalico\.org|crd\.projectcalico\.org|operator\.tigera\.io|cilium\.io|k8s\.cni\.cncf\.io|"
    r"whereabouts\.cni\.cncf\.io|sriovnetwork\.openshift\.io|config\.openshift\.io|operator\.openshift\.io|"
    r"networking\.gke\.io|cloud\.google\.com|ray\.io|grove\.io|leaderworkerset\.x-k8s\.io|node\.k8s\.io)"
)
STORAGE_CLASS = (
    r"gp2|gp3|standard|standard-rwo|premium-rwo|hyperdisk-balanced|default|managed|managed-csi|managed-premium|"
    r"azurefile-csi|oci-bv|linode-block-storage(-retain)?|local-path|ebs-sc|efs-sc|longhorn|ceph-rbd|topolvm-provisioner"
)
POLICY_PART = (
    r"(operator|daemonsets|driver|toolkit|devicePlugin|dcgm|dcgmExporter|gfd|migManager|mig|cdi|psa|psp|nodeStatusExporter|"
    r"validator|sandboxWorkloads|sandboxDevicePlugin|vfioManager|vgpuManager|vgpuDeviceManager|kataManager|ccManager|gds|"
    r"gdrcopy|fabricManager)"
)
UNIT = (
    r"(containerd|docker|kubelet|crio|rke2-server|rke2-agent|k3s|k3s-agent|k0scontroller|k0sworker)\.service"
)
IMAGE = (
    r"coredns|kube-(apiserver|controller-manager|scheduler|proxy|state-metrics|rbac-proxy)|etcd|pause|metrics-server|"
    r"gpu-operator|gpu-operator-validator|gpu-feature-discovery|k8s-device-plugin|k8s-driver-manager|k8s-mig-manager|"
    r"container-toolkit|dcgm|dcgm-exporter|driver|nvidia-fs|gdrdrv|cuda|k8s-dra-driver(-gpu)?|k8s-cc-manager|"
    r"node-feature-discovery|network-operator(-init-container)?|doca-driver|mofed|k8s-rdma-shared-dev-plugin|"
    r"sriov-network-(operator|device-plugin)|multus-cni|whereabouts|cert-manager-[a-z]{5,12}|prometheus(-operator|-adapter)?|"
    r"prometheus-config-reloader|node-exporter|alertmanager|grafana|k8s-sidecar|kueue|trainer-controller-manager|jobset|"
    r"aws-efa-k8s-device-plugin|aws-ebs-csi-driver|amazon-k8s-cni(-init)?|aws-network-policy-agent|eks-pod-identity-agent|"
    r"csi-(provisioner|attacher|resizer|snapshotter|node-driver-registrar)|livenessprobe|cilium|operator-generic|"
    r"ebs-csi-driver|skyhook(-operator)?|nodewright-[a-z]{2,12}|kai-[a-z-]{3,24}|kgateway|agentgateway|envoy-wrapper|"
    r"k8s-nim-operator|kubernetes-operator"
)

ROWS: List[Tuple[str, str, str, str]] = [
    ("K8s", "server", "version", VERSION),
    ("K8s", "server", "platform", r"(linux|windows|darwin)/(amd64|arm64|ppc64le|s390x)"),
    ("K8s", "server", "goVersion", r"go\d(\.\d{1,3}){1,2}( X:[a-z]{3,20})?"),
    ("K8s", "server", "service", r"[a-z0-9]{2,8}"),
    ("K8s", "node", "provider", r"[a-z][a-z0-9]{1,15}"),
    ("K8s", "node", "container-runtime-name", r"containerd|cri-o|docker"),
    ("K8s", "node", "container-runtime-version|kubelet-version|kernel-version", VERSION),
    ("K8s", "node", "operating-system", r"linux|windows"),
    ("K8s", "node", "os-image", OS_NAME),
    ("K8s", "api-groups", API_GROUP, rf"{API_VERSIONS}|none"),
    ("K8s", "crd", rf"[a-z]{{3,40}}\.{API_GROUP}", rf"{API_VERSIONS}|none"),
    ("K8s", "image", IMAGE, rf"{VERSION}|latest"),
    ("K8s", "policy", rf"{POLICY_PART}(\.[a-zA-Z]{{2,30}}){{0,3}}\.enabled", FLAG),
    ("K8s", "policy", rf"{POLICY_PART}\.version", VERSION),
    ("K8s", "policy", r"mig\.strategy", r"none|single|mixed"),
    ("K8s", "policy", r"operator\.defaultRuntime", r"containerd|docker|crio"),
    ("K8s", "policy", r"driver\.kernelModuleType", r"auto|open|proprietary"),
    ("K8s", "policy", r"driver\.(usePrecompiled|useNvidiaDriverCRD|useOpenKernelModules)", FLAG),
    ("K8s", "policy", r"driver\.rdma\.useHostMofed|cdi\.default|operator\.use_ocp_driver_toolkit", FLAG),
    ("K8s", "policy", r"driver\.upgradePolicy\.(autoUpgrade|drain\.force|drain\.enable|drain\.deleteEmptyDir)", FLAG),
    ("K8s", "policy", r"driver\.upgradePolicy\.(maxParallelUpgrades|maxUnavailable)", r"\d{1,4}%?"),
    ("K8s", "policy", r"sandboxWorkloads\.defaultWorkload", r"container|vm-passthrough|vm-vgpu"),
    ("K8s", "policy", r"status\.state", r"ready|notReady|ignored|disabled"),
    ("K8s", "default-storage-class", "collection-state", r"present|multiple|absent|unknown"),
    ("K8s", "default-storage-class", "default-count", NUMBER),
    ("K8s", "default-storage-class", "default-classes", rf"({STORAGE_CLASS})(,({STORAGE_CLASS}))*"),
    ("K8s", "(aks|gke)-gpu-pools", "gpu-pool-count", NUMBER),
    ("K8s", "aks-gpu-pools", "gpu-driver", r"Install|None|mixed"),
    ("K8s", "gke-gpu-pools", "gpu-driver-installation", r"DEFAULT|LATEST|INSTALLATION_DISABLED|mixed"),
    ("NetworkTopology", "capabilities", "rdma|ib|sriov|gpudirect-module", FLAG),
    ("NetworkTopology", "adapters", "count|ports|ports-active", NUMBER),
    ("NetworkTopology", "adapters", "rates", r"\d{1,4} x \d{1,4} Gb/sec(, \d{1,4} x \d{1,4} Gb/sec)*"),
    ("GPU", "smi", "driver", VERSION),
    ("GPU", "smi", "driver-branch", r"r\d{3}_\d{2,3}"),
    ("GPU", "smi", "cuda-version", r"\d{1,2}\.\d{1,2}"),
    ("GPU", "smi", "gpu-count|gpus-unreadable|mig-devices|gpu\\.mig-devices", NUMBER),
    ("GPU", "smi", "gpus-agree", FLAG),
    ("GPU", "smi", "gpus-differ-in", r"[a-z-]{3,24}(,[a-z-]{3,24})*"),
    ("GPU", "smi", "confidential-computing", rf"{SWITCH}|Unknown"),
    ("GPU", "smi", r"gpu\.model", GPU_NAME),
    ("GPU", "smi", r"gpu\.models", rf"\d{{1,3}} x {GPU_NAME}(, \d{{1,3}} x {GPU_NAME})*"),
    (
        "GPU",
        "smi",
        r"gpu\.product-architecture",
        r"Kepler|Maxwell|Pascal|Volta|Turing|Ampere|Ada Lovelace|Hopper|Blackwell|Rubin",
    ),
    (
        "GPU",
        "smi",
        r"gpu\.(display-mode|display-active|persistence-mode|mig-mode|mig-mode-pending|ecc-mode|ecc-mode-pending)",
        SWITCH,
    ),
    ("GPU", "smi", r"gpu\.addressing-mode", r"None|HMM|ATS"),
    ("GPU", "smi", r"gpu\.vbios-version", r"[0-9A-Fa-f]{2}(\.[0-9A-Fa-f]{2}){3,5}"),
    ("GPU", "smi", r"gpu\.gsp-firmware-version", VERSION),
    ("GPU", "smi", r"gpu\.compute-capability", r"\d{1,2}\.\d"),
    ("GPU", "smi", r"gpu\.(memory-total-mib|nvlink-count|nvlink-active)", r"\d{1,8}"),
    ("GPU", "smi", r"gpu\.pci-device-id", r"[0-9a-f]{4}"),
    ("GPU", "smi", r"gpu\.fabric-state", r"Not Supported|Not Started|In Progress|Completed"),
    ("GPU", "hardware", "gpu-present|driver-loaded", FLAG),
    ("GPU", "hardware", "gpu-count", NUMBER),
    ("GPU", "hardware", "detection-source", "sysfs"),
    ("GPU", "hardware", "model", r"[a-z]{1,3}\d{1,3}s?|rtx-pro-6000"),
    (
        "GPU",
        "hardware",
        "models",
        r"\d{1,3} x (unknown \([0-9a-f]{4}\)|[a-z0-9-]{2,12})(, \d{1,3} x (unknown \([0-9a-f]{4}\)|[a-z0-9-]{2,12}))*",
    ),
    ("OS", "release", "ID", DISTRIBUTION_ID),
    ("OS", "release", "VERSION_ID", r"v?\d{1,4}([._-]\d{1,8}){0,4}"),
    ("OS", "release", "ID_LIKE", rf"({DISTRIBUTION_ID}|suse)( ({DISTRIBUTION_ID}|suse))*"),
    ("OS", "release", "NAME|PRETTY_NAME", OS_NAME),
    ("OS", "release", "VERSION", rf"v?\d{{1,4}}(\.\d{{1,8}}){{0,3}}( LTS)?{NICKNAME}"),
    ("OS", "release", "VERSION_CODENAME|UBUNTU_CODENAME", CODENAME),
    ("OS", "release", "BUILD_ID|IMAGE_VERSION|OPENSHIFT_VERSION|RHEL_VERSION", r"\d{1,8}(\.\d{1,8}){0,4}(-\d{1,4})?"),
    ("OS", "release", "VARIANT_ID", r"server|coreos|aws-k8s-[0-9.]{3,6}(-nvidia)?"),
    ("OS", "sysctl", "/proc/sys/kernel/osrelease", VERSION),
    ("OS", "sysctl", SYSCTL, LIMIT),
    ("OS", "grub", BOOT_NAME, BOOT_VALUE),
    ("OS", "kmod", MODULE, "true"),
    ("SystemD", UNIT, "ActiveState", r"active|inactive|failed|activating|deactivating|reloading|maintenance"),
    ("SystemD", UNIT, "SubState", r"running|dead|exited|failed|auto-restart|start|stop|waiting|start-pre|start-post"),
    (
        "SystemD",
        UNIT,
        "UnitFileState",
        r"enabled|enabled-runtime|disabled|static|masked|linked|indirect|generated|alias|transient",
    ),
    ("SystemD", UNIT, "LoadState", r"loaded|not-found|masked|error|bad-setting"),
    ("SystemD", UNIT, "NRestarts|TasksMax|MemoryMax|OOMScoreAdjust|Limit[A-Z]{2,10}(Soft)?", LIMIT),
    ("SystemD", UNIT, "Delegate|CPUAccounting|MemoryAccounting|TasksAccounting|IOAccounting", FLAG),
    ("SystemD", UNIT, "Slice", r"(system|runtime|kubepods|kubelet|podruntime)\.slice"),
    ("SystemD", UNIT, "FragmentPath", rf"/(usr/lib|lib|etc|usr/local/lib|run)/systemd/system/{UNIT}"),
    ("SystemD", UNIT, "Type", r"simple|exec|forking|oneshot|dbus|notify|notify-reload|idle"),
    ("SystemD", UNIT, "Restart", r"no|always|on-success|on-failure|on-abnormal|on-abort|on-watchdog"),
    ("NodeTopology", "summary", "node-count|taint-count|label-count", NUMBER),
    ("NodeTopology", "gpu-groups", r".+\.(nodes|gpus|mig-[0-9a-z.+-]{3,16})", NUMBER),
    ("NodeTopology", "gpu-groups", r".+\.(driver|kernel|kubelet)", rf"{VERSION}(, {VERSION})*"),
    ("NodeTopology", "gpu-groups", r".+\.os-image", rf"{OS_NAME}(, {OS_NAME})*"),
    ("Deployment", "gpu-capacity", r".+", NUMBER),
    ("Deployment", "gpu-nodes", "count", NUMBER),
    ("Deployment", r"[a-z0-9-]{2,40}", "version|chart-version", VERSION),
    ("Deployment", r"[a-z0-9-]{2,40}", "installed|available", FLAG),
    ("Deployment", r"[a-z0-9-]{2,40}", "wanted|ready", NUMBER),
    ("Conformance", r"[a-z0-9-]{3,40}", r"[a-z-]{3,40}", rf"{FLAG}|\d{{1,6}}"),
    ("Performance", r"[a-z0-9-]{3,40}", "busbw|goodput|throughput|ttft-p99", r"\d{1,9}(\.\d{1,9})?"),
    ("Performance", "inference", "concurrency-per-gpu", NUMBER),
    (
        "Performance",
        "inference",
        "model",
        r"(Qwen|meta-llama|nvidia|mistralai|deepseek-ai|openai|google|microsoft)/[A-Za-z0-9._-]{2,48}",
    ),
    ("Performance", "inference", "routing-mode", r"[a-z]{2,12}(-[a-z]{2,12})?"),
    ("Performance", r"[a-z0-9-]{3,40}", "min-bytes|max-bytes|sizes|gpus|wrong-results", r"\d{1,12}"),
    ("Performance", r"[a-z0-9-]{3,40}", "transport", r"nvls|efa|tcpxo|roce|infiniband|tcp"),
]  # fmt: skip

# Node labels: key -> form of the value. GROUP marks names people choose: they are replaced by numbers, so that nodes
# of one group still stand together.
GROUP = "\0group"
LABELS: List[Tuple[str, str]] = [
    (r"nvidia\.com/(gpu|vgpu|mig|mps)\.(present|capable)", FLAG),
    (r"nvidia\.com/gpu\.product", GPU_NAME),
    (r"nvidia\.com/gpu\.(count|memory|replicas|slices\.[cg]i|engines\.[a-z]{2,12}|multiprocessors)", r"\d{1,8}"),
    (r"nvidia\.com/gpu\.compute\.(major|minor)", r"\d{1,2}"),
    (r"nvidia\.com/gpu\.family",
     r"kepler|maxwell|pascal|volta|turing|ampere|ada-lovelace|hopper|blackwell|rubin|undefined"),
    (r"nvidia\.com/gpu\.(mode|sharing-strategy)", r"compute|display|graphics|none|mps|time-slicing"),
    (r"nvidia\.com/gpu\.deploy\.[a-z-]{2,32}", r"true|false|paused-for-driver-upgrade|pre-installed"),
    (r"nvidia\.com/gpu-driver-upgrade-state", r"[a-z-]{4,32}-required|upgrade-done|upgrade-failed|unknown"),
    (r"nvidia\.com/cuda\.(driver|runtime)(-version)?\.(major|minor|rev|revision|full)", r"\d{1,4}(\.\d{1,4}){0,3}"),
    (r"nvidia\.com/mig\.(strategy|config|config\.state)",
     r"none|single|mixed|success|pending|failed|rebooting|all-[a-z0-9.+-]{3,16}"),
    (r"nvidia\.com/mig-[0-9a-z.+-]{3,16}\.(count|memory|product|replicas|sharing-strategy)", r"\d{1,6}|none"),
    (r"kubernetes\.io/arch", r"amd64|arm64"),
    (r"kubernetes\.io/os", r"linux|windows"),
    (r"node\.kubernetes\.io/instance-type", INSTANCE_TYPE),
    (r"topology\.kubernetes\.io/region", REGION),
    (r"node-role\.kubernetes\.io/(control-plane|master|worker|infra|gpu|agent|etcd)", r"|true"),
    (r"feature\.node\.kubernetes\.io/system-os_release\.ID", DISTRIBUTION_ID),
    (r"feature\.node\.kubernetes\.io/system-os_release\.VERSION_ID(\.major|\.minor)?", r"v?\d{1,4}(\.\d{1,8}){0,3}"),
    (r"feature\.node\.kubernetes\.io/kernel-version\.(full|major|minor|revision)", rf"{VERSION}|\d{{1,4}}"),
    (r"feature\.node\.kubernetes\.io/(pci|rdma)-?[0-9a-z._]{0,20}\.(present|available|capable|sriov\.capable)", FLAG),
    (r"node\.openshift\.io/os_id", DISTRIBUTION_ID),
    (r"cloud\.google\.com/gke-accelerator", r"nvidia-[a-z0-9-]{2,32}"),
    (r"cloud\.google\.com/(gke-gpu|gke-accelerator-count|gke-gpu-driver-version)",
     r"true|false|\d{1,2}|default|latest|disabled"),
    (r"gke-no-default-nvidia-gpu-device-plugin", FLAG),
    (r"eks\.amazonaws\.com/nodegroup", GROUP),
    (r"karpenter\.sh/nodepool", GROUP),
    (r"cloud\.google\.com/gke-nodepool", GROUP),
    (r"kubernetes\.azure\.com/(agentpool|cluster)", GROUP),
    (r"lke\.linode\.com/pool-id", GROUP),
    (r"oke\.oraclecloud\.com/pool\.name", GROUP),
    (r"run\.ai/(simulated-gpu-node-pool)", GROUP),
]  # fmt: skip
TAINTS = (
    r"nvidia\.com/gpu|node\.kubernetes\.io/[a-z-]{4,32}|node-role\.kubernetes\.io/(control-plane|master|infra|etcd)|"
    r"node\.cloudprovider\.kubernetes\.io/(uninitialized|shutdown)|node\.cilium\.io/agent-not-ready|"
    r"cloud\.google\.com/gke-(accelerator|gpu)|sku|kubernetes\.azure\.com/scalesetpriority|karpenter\.sh/[a-z-]{4,20}"
)
TAINT_EFFECT = r"NoSchedule|NoExecute|PreferNoSchedule"
TAINT_VALUE = r"|present|true|false|gpu|spot"
GROUP_NAME = (
    r"(nvidia|tesla|quadro|geforce|grid|dgx|hgx|rtx|a\d{2,3}|[hbl]\d{1,3}|g[bh]\d{3})"
    r"(-[a-z0-9]{1,12}){0,8}|unknown"
)

# AICR's own, narrower idea of what evidence must hold, and the readings recipes cannot do without.
MINIMAL: List[Tuple[str, str, str]] = [
    ("K8s", "server", ".*"),
    (
        "K8s",
        "node",
        "provider|container-runtime-name|container-runtime-version|kubelet-version|kernel-version|operating-system|os-image",
    ),
    ("GPU", "hardware", ".*"),
    ("GPU", "smi", r"gpu\.model|gpu-count"),
    ("OS", "release", "ID|VERSION_ID"),
    ("OS", "sysctl", "/proc/sys/kernel/osrelease"),
    ("NodeTopology", "summary", ".*"),
]


def compiled(rows: Iterable[Tuple[str, ...]]) -> List[Tuple[Pattern[str], ...]]:
    """Rows of patterns for whole texts, ready to match."""
    return [tuple(re.compile(rf"(?:{pattern})\Z") for pattern in row) for row in rows]


def first_match(
    rows: List[Tuple[Pattern[str], ...]], names: Tuple[str, ...]
) -> Optional[Tuple[Pattern[str], ...]]:
    """The first row whose leading patterns match *names* in turn."""
    for row in rows:
        if all(pattern.match(name) for pattern, name in zip(row, names)):  # noqa: B905  -- 3.9 has no strict=
            return row
    return None
