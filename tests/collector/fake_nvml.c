/* A libnvidia-ml.so.1 with no GPU behind it, for tests: answers what the environment variable FAKE_NVML says.
 *
 * FAKE_NVML='gpus=8;name=NVIDIA H100 80GB HBM3;mig=1;err.nvmlDeviceGetGspFirmwareVersion=13;name.3=NVIDIA A100'
 * A key with a GPU's index after it holds for that GPU alone; err.FUNCTION makes a call answer that code.
 * The layouts come from the public NVML documentation and nvidia-ml-py; this proves plumbing, not a driver.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, VERSION_MISMATCH = 25 };

struct device { int index; };
static struct device devices[64];

/* The value of KEY in FAKE_NVML, or fallback; KEY.INDEX goes first where index >= 0. */
static const char *setting(const char *key, int index, const char *fallback) {
  static char found[8][256];
  static int turn;
  const char *all = getenv("FAKE_NVML");
  char wanted[160];
  int pass;
  if (!all) return fallback;
  for (pass = index < 0; pass < 2; pass++) {
    const char *at = all;
    if (pass == 0) snprintf(wanted, sizeof wanted, "%s.%d=", key, index);
    else snprintf(wanted, sizeof wanted, "%s=", key);
    while (at && *at) {
      const char *end = strchr(at, ';');
      size_t length = end ? (size_t)(end - at) : strlen(at);
      if (length >= strlen(wanted) && !strncmp(at, wanted, strlen(wanted))) {
        char *into = found[turn = (turn + 1) % 8];
        snprintf(into, 256, "%.*s", (int)(length - strlen(wanted)), at + strlen(wanted));
        return into;
      }
      at = end ? end + 1 : NULL;
    }
  }
  return fallback;
}

static int number(const char *key, int index, int fallback) {
  const char *text = setting(key, index, NULL);
  return text ? atoi(text) : fallback;
}

static int failure(const char *function, int index) {
  char key[128];
  snprintf(key, sizeof key, "err.%s", function);
  return number(key, index, SUCCESS);
}

#define START(index) do { int code_ = failure(__func__, index); if (code_) return code_; } while (0)
#define INDEX(device) (((struct device *)(device))->index)

int nvmlInit_v2(void) { START(-1); return SUCCESS; }
int nvmlInitWithFlags(unsigned flags) { (void)flags; int code = failure("nvmlInit_v2", -1); return code; }
int nvmlShutdown(void) { START(-1); return SUCCESS; }
const char *nvmlErrorString(int code) { (void)code; return "an error of the fake library"; }

int nvmlSystemGetDriverVersion(char *into, unsigned size) {
  START(-1);
  snprintf(into, size, "%s", setting("driver", -1, "580.95.05"));
  return SUCCESS;
}
struct branch { unsigned version; char branch[80]; };
int nvmlSystemGetDriverBranch(struct branch *into, unsigned size) {
  START(-1);
  (void)size;
  snprintf(into->branch, sizeof into->branch, "%s", setting("branch", -1, "r580_00"));
  return SUCCESS;
}
int nvmlSystemGetCudaDriverVersion_v2(int *into) { START(-1); *into = number("cuda", -1, 13000); return SUCCESS; }
int nvmlSystemGetConfComputeState(unsigned into[3]) {
  START(-1);
  into[0] = into[2] = 0;
  into[1] = (unsigned)number("cc", -1, 0);
  return SUCCESS;
}
int nvmlDeviceGetCount_v2(unsigned *into) { START(-1); *into = (unsigned)number("gpus", -1, 0); return SUCCESS; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct device **into) {
  START((int)index);
  if (index >= 64 || (int)index >= number("gpus", -1, 0)) return INVALID_ARGUMENT;
  devices[index].index = (int)index;
  *into = &devices[index];
  return SUCCESS;
}
static int text(const char *function, const char *key, void *device, char *into, unsigned size, const char *fallback) {
  int code = failure(function, INDEX(device));
  if (code) return code;
  snprintf(into, size, "%s", setting(key, INDEX(device), fallback));
  return SUCCESS;
}
int nvmlDeviceGetName(void *device, char *into, unsigned size) {
  sleep((unsigned)number("hang", INDEX(device), 0)); /* a GPU that does not come back */
  return text(__func__, "name", device, into, size, "NVIDIA H100 80GB HBM3");
}
int nvmlDeviceGetVbiosVersion(void *device, char *into, unsigned size) {
  return text(__func__, "vbios", device, into, size, "96.00.A5.00.01");
}
int nvmlDeviceGetGspFirmwareVersion(void *device, char *into) {
  return text(__func__, "gsp", device, into, 64, "580.95.05");
}
int nvmlDeviceGetUUID(void *device, char *into, unsigned size) {
  return text(__func__, "uuid", device, into, size, "GPU-5d8e0c62-aaaa-bbbb-cccc-0123456789ab");
}
int nvmlDeviceGetSerial(void *device, char *into, unsigned size) {
  return text(__func__, "serial", device, into, size, "1652822000000");
}
static int whole(const char *function, const char *key, void *device, unsigned *into, int fallback) {
  int code = failure(function, INDEX(device));
  if (code) return code;
  *into = (unsigned)number(key, INDEX(device), fallback);
  return SUCCESS;
}
int nvmlDeviceGetArchitecture(void *device, unsigned *into) { return whole(__func__, "arch", device, into, 9); }
int nvmlDeviceGetDisplayMode(void *device, unsigned *into) { return whole(__func__, "display", device, into, 1); }
int nvmlDeviceGetDisplayActive(void *device, unsigned *into) { return whole(__func__, "active", device, into, 0); }
int nvmlDeviceGetPersistenceMode(void *device, unsigned *into) { return whole(__func__, "persistence", device, into, 1); }
int nvmlDeviceGetMaxMigDeviceCount(void *device, unsigned *into) { return whole(__func__, "migmax", device, into, 7); }
struct versioned { unsigned version, value; };
int nvmlDeviceGetAddressingMode(void *device, struct versioned *into) {
  return whole(__func__, "addressing", device, &into->value, 0);
}
int nvmlDeviceGetCudaComputeCapability(void *device, int *major, int *minor) {
  START(INDEX(device));
  *major = number("major", INDEX(device), 9);
  *minor = number("minor", INDEX(device), 0);
  return SUCCESS;
}
struct memory { unsigned version; unsigned long long total, reserved, free, used; };
int nvmlDeviceGetMemoryInfo_v2(void *device, struct memory *into) {
  START(INDEX(device));
  into->total = (unsigned long long)number("memory", INDEX(device), 81559) << 20;
  into->reserved = into->used = 0;
  into->free = into->total;
  return SUCCESS;
}
struct old_memory { unsigned long long total, free, used; };
int nvmlDeviceGetMemoryInfo(void *device, struct old_memory *into) {
  START(INDEX(device));
  into->total = into->free = (unsigned long long)number("memory", INDEX(device), 81559) << 20;
  into->used = 0;
  return SUCCESS;
}
struct pci { char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; };
int nvmlDeviceGetPciInfo_v3(void *device, struct pci *into) {
  START(INDEX(device));
  memset(into, 0, sizeof *into);
  into->id = ((unsigned)strtoul(setting("pci", INDEX(device), "2330"), NULL, 16) << 16) | 0x10de;
  snprintf(into->bus_id, sizeof into->bus_id, "00000000:%02X:00.0", 0x10 + INDEX(device));
  return SUCCESS;
}
static int pair(const char *function, const char *key, void *device, unsigned *now, unsigned *next) {
  int code = failure(function, INDEX(device)), value = number(key, INDEX(device), -1);
  if (code) return code;
  if (value < 0) return NOT_SUPPORTED;
  *now = (unsigned)value;
  *next = (unsigned)number(!strcmp(key, "mig") ? "mignext" : "eccnext", INDEX(device), value);
  return SUCCESS;
}
int nvmlDeviceGetMigMode(void *device, unsigned *now, unsigned *next) { return pair(__func__, "mig", device, now, next); }
int nvmlDeviceGetEccMode(void *device, unsigned *now, unsigned *next) { return pair(__func__, "ecc", device, now, next); }
int nvmlDeviceGetMigDeviceHandleByIndex(void *device, unsigned index, void **into) {
  START(INDEX(device));
  if ((int)index >= number("migdevices", INDEX(device), 0)) return NOT_FOUND;
  *into = device;
  return SUCCESS;
}
int nvmlDeviceGetNvLinkState(void *device, unsigned link, unsigned *into) {
  START(INDEX(device));
  if ((int)link >= number("links", INDEX(device), 0)) return NOT_SUPPORTED;
  *into = (int)link < number("linksup", INDEX(device), number("links", INDEX(device), 0));
  return SUCCESS;
}
struct fabric { unsigned version; unsigned char cluster[16]; unsigned status, clique, state, health; };
int nvmlDeviceGetGpuFabricInfoV(void *device, struct fabric *into) {
  START(INDEX(device));
  if (number("fabric", INDEX(device), -1) < 0) return NOT_SUPPORTED;
  if ((int)(into->version >> 24) > number("fabricversion", INDEX(device), 3)) return VERSION_MISMATCH;
  memset(into->cluster, 0xab, sizeof into->cluster);
  into->status = into->clique = into->health = 0;
  into->state = (unsigned)number("fabric", INDEX(device), 0);
  return SUCCESS;
}
