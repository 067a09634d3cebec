// vcam: a virtual V4L2 camera in user space, for machines without one.
//
// Two halves, one source file:
//   the camera   cc -O2 -DVCAM_CAMERA -o vcam vcam.c -lturbojpeg -lm
//                ./vcam /dev/shm/vcam0 1280x720 30     draws frames into shared memory
//   the driver   cc -O2 -shared -fPIC -o vcam.so vcam.c -ldl -lpthread
//                LD_PRELOAD=./vcam.so VCAM=/dev/video0=/dev/shm/vcam0 ffmpeg -f v4l2 -i /dev/video0 ...
//
// Any program that talks V4L2 through libc (ffmpeg, ustreamer, OpenCV, v4l2-ctl)
// then sees a UVC-like camera with MJPG and YUYV at 640x480, 1280x720 and
// 1920x1080.  The camera's own size is what it draws; another size that a
// program asks for is answered with the camera's own, as real drivers do.
// Make the device node first, so that programs which look for it find it:
//   mknod /dev/video0 c 81 0
//
// Every frame carries its capture time: an 8x8 grid of 16-pixel blocks in the
// top left corner, white for 1, black for 0, most significant bit first, of the
// UNIX time in microseconds.  A viewer that decodes the JPEG can read the true
// age of what it shows.
//
// Faults, by writing one word into the file named by VCAM_FAULT (read live):
//   unplugged  DQBUF and open fail with ENODEV, as when the cable is pulled
//   frozen     the device stays open and no frame comes any more
//   busy       open works, S_FMT and STREAMON fail with EBUSY
//   stepping   frames come, and the time of every second one is before that of the first
//   (empty or no file: healthy)
// The same word in SHM_FILE.fault is for that camera alone.
//
// VCAM_FORMATS=MJPG or YUYV in the environment of the camera (not of the program that
// looks at it) limits what it offers; both by default.  A camera whose standard input
// is a pipe ends when the pipe does, so none outlives the test that started it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  _Atomic uint32_t seq;                      // futex: bumped once a frame
  uint32_t width, height, fps;
  uint32_t formats;                          // bit 0 MJPG, bit 1 YUYV: what it offers
  uint32_t jpeg_size[2];
  int64_t captured_us[2];                    // by the monotonic clock, as drivers stamp
  _Atomic int32_t control[3];                // brightness, contrast, saturation: brightness shows in the picture
  // then two YUYV frames, then two JPEG slots, each width*height*2 bytes
} Shared;
static size_t slot(const Shared *s) { return (size_t)s->width * s->height * 2; }
static uint8_t *yuyv(Shared *s, int i) { return (uint8_t *)(s + 1) + slot(s) * i; }
static uint8_t *jpeg(Shared *s, int i) { return (uint8_t *)(s + 1) + slot(s) * (2 + i); }
static long futex(_Atomic uint32_t *a, int op, uint32_t v, const struct timespec *t) { return syscall(SYS_futex, a, op, v, t, 0, 0); }

#ifdef VCAM_CAMERA
#include <math.h>
#include <poll.h>
#include <turbojpeg.h>
static int clamp(int v) { return v < 16 ? 16 : v > 235 ? 235 : v; }
static void draw(uint8_t *p, int w, int h, uint32_t n, const uint8_t *noise, int light) {
  int bx = (int)((w - 160) * (0.5 + 0.5 * sin(n / 40.0))), by = (int)((h - 160) * (0.5 + 0.5 * cos(n / 55.0)));
  for (int y = 0; y < h; y++) {
    uint8_t *r = p + (size_t)y * w * 2; const uint8_t *nz = noise + ((y * 977u + n * 131u) & 0xffff);
    for (int x = 0; x < w; x += 2, r += 4) {
      int base = 40 + (x * 120 / w) + (y * 60 / h);
      if (((x >> 5) ^ (y >> 5)) & 1) base += 12;
      if (x >= bx && x < bx + 160 && y >= by && y < by + 160) base = 220 - ((x + y) & 31);
      r[0] = clamp(base + light + (nz[x & 1023] & 7)); r[2] = clamp(base + light + (nz[(x + 1) & 1023] & 7));
      r[1] = 128 + (x * 50 / w) - 25; r[3] = 128 + (y * 50 / h) - 25;
    }
  }
}
static void stamp(uint8_t *p, int w, int64_t us) {
  for (int bit = 0; bit < 64; bit++) {
    int v = (us >> (63 - bit)) & 1 ? 235 : 16, x0 = (bit % 8) * 16, y0 = (bit / 8) * 16;
    for (int y = y0; y < y0 + 16; y++) for (int x = x0; x < x0 + 16; x++) { uint8_t *q = p + ((size_t)y * w + x) * 2; q[0] = v; q[1] = 128; }
  }
}
int main(int ac, char **av) {
  if (ac < 4) { fprintf(stderr, "usage: vcam SHM_FILE WIDTHxHEIGHT FPS [JPEG_QUALITY]\n"); return 2; }
  int w, h, q = ac > 4 ? atoi(av[4]) : 85; if (sscanf(av[2], "%dx%d", &w, &h) != 2) return 2;
  size_t len = sizeof(Shared) + (size_t)w * h * 8;
  int fd = open(av[1], O_RDWR | O_CREAT, 0666); if (fd < 0 || ftruncate(fd, len)) { perror(av[1]); return 1; }
  Shared *s = mmap(0, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  s->width = w; s->height = h; s->fps = atoi(av[3]);
  const char *only = getenv("VCAM_FORMATS"); s->formats = 3;
  if (only && *only && strcmp(only, "MJPG,YUYV")) s->formats = !strcmp(only, "MJPG") ? 1 : !strcmp(only, "YUYV") ? 2 : 0;
  if (!s->formats) { fprintf(stderr, "vcam: VCAM_FORMATS must be MJPG or YUYV, got %s\n", only); return 2; }
  for (int i = 0; i < 3; i++) s->control[i] = 128;
  uint8_t *noise = malloc(1 << 18); for (int i = 0; i < 1 << 18; i++) noise[i] = rand() >> 7;
  tjhandle tj = tjInitCompress(); uint8_t *yuv = malloc((size_t)w * h * 2);
  struct timespec due; clock_gettime(CLOCK_MONOTONIC, &due);
  for (uint32_t n = 1;; n++) {
    struct pollfd in = {.fd = 0}; if (poll(&in, 1, 0) == 1 && in.revents & POLLHUP) return 0;
    int i = n & 1; draw(yuyv(s, i), w, h, n, noise, s->control[0] - 128);
    struct timespec t; clock_gettime(CLOCK_REALTIME, &t); int64_t us = t.tv_sec * 1000000LL + t.tv_nsec / 1000;
    clock_gettime(CLOCK_MONOTONIC, &t); s->captured_us[i] = t.tv_sec * 1000000LL + t.tv_nsec / 1000;
    stamp(yuyv(s, i), w, us);
    uint8_t *Y = yuv, *U = Y + (size_t)w * h, *V = U + (size_t)w / 2 * h, *p = yuyv(s, i);
    for (size_t k = 0; k < (size_t)w * h / 2; k++) { Y[2 * k] = p[4 * k]; U[k] = p[4 * k + 1]; Y[2 * k + 1] = p[4 * k + 2]; V[k] = p[4 * k + 3]; }
    unsigned char *out = jpeg(s, i); unsigned long size = slot(s);
    tjCompressFromYUV(tj, yuv, w, 1, h, TJSAMP_422, &out, &size, q, TJFLAG_NOREALLOC);
    s->jpeg_size[i] = size;
    atomic_store(&s->seq, n); futex(&s->seq, FUTEX_WAKE, INT_MAX, 0);
    due.tv_nsec += 1000000000L / s->fps; if (due.tv_nsec >= 1000000000L) { due.tv_nsec -= 1000000000L; due.tv_sec++; }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, 0);
  }
}
#else
#include <dlfcn.h>
#include <linux/videodev2.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/ioctl.h>

#define BUFFERS 32
typedef struct Device {
  int fd, bell; Shared *s; uint32_t format; char own[264];   // fd: read end of a pipe, one byte a ready frame; bell: its write end
   int streaming, nbuf; _Atomic int stop;
  uint8_t *mem[BUFFERS]; size_t size; int queue[BUFFERS], qn, done[BUFFERS], dn;
  uint32_t used[BUFFERS], seq[BUFFERS]; int64_t us[BUFFERS];
  pthread_mutex_t mu; pthread_t th; struct Device *next;
} Device;
static Device *devices; static pthread_mutex_t all = PTHREAD_MUTEX_INITIALIZER;
static int (*real_open)(const char *, int, ...), (*real_close)(int), (*real_ioctl)(int, unsigned long, ...);
static void *(*real_mmap)(void *, size_t, int, int, int, off_t);
static const char *control_name[3] = {"Brightness", "Contrast", "Saturation"};

__attribute__((constructor)) static void start(void) {
  real_open = dlsym(RTLD_NEXT, "open"); real_close = dlsym(RTLD_NEXT, "close");
  real_ioctl = dlsym(RTLD_NEXT, "ioctl"); real_mmap = dlsym(RTLD_NEXT, "mmap");
}
static char fault_in(const char *f) {
  char c = 0; int fd = f ? real_open(f, O_RDONLY | O_CLOEXEC) : -1; if (fd < 0) return 0;
  if (read(fd, &c, 1) != 1) c = 0;
  real_close(fd);
  return c;
}
static char fault(const Device *d) {         // first letter of the fault, or 0
  char c = fault_in(d->own); return c ? c : fault_in(getenv("VCAM_FAULT"));
}
static Device *find(int fd) {
  pthread_mutex_lock(&all); Device *d = devices; while (d && d->fd != fd) d = d->next; pthread_mutex_unlock(&all); return d;
}
static const char *backing(const char *path) { // VCAM=/dev/video0=/dev/shm/vcam0,/dev/video1=...
  static __thread char out[256]; const char *v = getenv("VCAM"); size_t n = strlen(path);
  for (; v && *v; v = strchr(v, ',') ? strchr(v, ',') + 1 : 0)
    if (!strncmp(v, path, n) && v[n] == '=') { snprintf(out, sizeof out, "%s", v + n + 1); char *c = strchr(out, ','); if (c) *c = 0; return out; }
  return 0;
}
static int open_device(const char *path, int flags) {
  Device *d = calloc(1, sizeof *d); snprintf(d->own, sizeof d->own, "%s.fault", path);
  int m = fault(d) == 'u' ? -1 : real_open(path, O_RDWR | O_CLOEXEC); if (m < 0) { free(d); errno = ENODEV; return -1; }
  struct stat st; fstat(m, &st);
  d->s = real_mmap(0, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0); real_close(m);
  int ends[2]; if (pipe2(ends, O_CLOEXEC)) return -1;
  d->fd = ends[0]; d->bell = ends[1]; fcntl(d->bell, F_SETFL, O_NONBLOCK);
  if (flags & O_NONBLOCK) fcntl(d->fd, F_SETFL, O_NONBLOCK);
  d->format = d->s->formats & 1 ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV; pthread_mutex_init(&d->mu, 0);
  pthread_mutex_lock(&all); d->next = devices; devices = d; pthread_mutex_unlock(&all);
  return d->fd;
}
static void ring(Device *d) { if (write(d->bell, "f", 1) != 1) return; }
static void *pump(void *arg) {
  Device *d = arg; uint32_t seen = atomic_load(&d->s->seq);
  while (!d->stop) {
    struct timespec t = {0, 100000000}; futex(&d->s->seq, FUTEX_WAIT, seen, &t);
    uint32_t seq = atomic_load(&d->s->seq); char f = fault(d);
    if (f == 'u') { ring(d); usleep(20000); continue; }
    if (seq == seen || f == 'f') { seen = seq; continue; }
    seen = seq; int i = seq & 1;
    pthread_mutex_lock(&d->mu);
    if (d->qn) {                             // no queued buffer: the frame is lost, as with real hardware
      int b = d->queue[0];
      size_t n = d->format == V4L2_PIX_FMT_MJPEG ? d->s->jpeg_size[i] : slot(d->s);
      memcpy(d->mem[b], d->format == V4L2_PIX_FMT_MJPEG ? jpeg(d->s, i) : yuyv(d->s, i), n);
      d->used[b] = n; d->seq[b] = seq; d->us[b] = d->s->captured_us[i];
      if (atomic_load(&d->s->seq) == seq) {  // else the camera may be drawing there again, and the next one is ready
        memmove(d->queue, d->queue + 1, --d->qn * sizeof(int)); d->done[d->dn++] = b; ring(d);
      }
    }
    pthread_mutex_unlock(&d->mu);
  }
  return 0;
}
static void stream_off(Device *d) {
  if (!d->streaming) return;
  d->streaming = 0; d->stop = 1; pthread_join(d->th, 0); d->stop = 0; d->qn = d->dn = 0;
}
static void fill_format(Device *d, struct v4l2_format *f) {
  struct v4l2_pix_format *p = &f->fmt.pix; int only = d->s->formats;
  uint32_t fmt = only == 2 || (only == 3 && p->pixelformat == V4L2_PIX_FMT_YUYV) ? V4L2_PIX_FMT_YUYV : V4L2_PIX_FMT_MJPEG;
  *p = (struct v4l2_pix_format){.width = d->s->width, .height = d->s->height, .pixelformat = fmt, .field = V4L2_FIELD_NONE,
    .bytesperline = fmt == V4L2_PIX_FMT_YUYV ? d->s->width * 2 : 0, .sizeimage = slot(d->s), .colorspace = V4L2_COLORSPACE_SRGB};
}
static int fail(int e) { errno = e; return -1; }
static int control(Device *d, unsigned long req, void *arg) {
  uint32_t id = *(uint32_t *)arg;
  if (req == VIDIOC_QUERYCTRL) {
    struct v4l2_queryctrl *q = arg; int i;
    if (id & V4L2_CTRL_FLAG_NEXT_CTRL) { i = (int)((id & ~(V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND)) - V4L2_CID_BASE) + 1; if ((id & 0x0fffffff) < V4L2_CID_BASE) i = 0; } else i = (int)(id - V4L2_CID_BASE);
    if (i < 0 || i > 2) return fail(EINVAL);
    *q = (struct v4l2_queryctrl){.id = V4L2_CID_BASE + i, .type = V4L2_CTRL_TYPE_INTEGER, .minimum = 0, .maximum = 255, .step = 1, .default_value = 128};
    snprintf((char *)q->name, 32, "%s", control_name[i]); return 0;
  }
  struct v4l2_control *c = arg; int i = (int)(c->id - V4L2_CID_BASE); if (i < 0 || i > 2) return fail(EINVAL);
  if (req == VIDIOC_G_CTRL) c->value = d->s->control[i]; else if (c->value < 0 || c->value > 255) return fail(ERANGE); else d->s->control[i] = c->value;
  return 0;
}
static int device_ioctl(Device *d, unsigned long req, void *arg) {
  if (fault(d) == 'u' && req != VIDIOC_STREAMOFF) return fail(ENODEV);
  switch (req) {
    case VIDIOC_QUERYCAP: { struct v4l2_capability *c = arg; memset(c, 0, sizeof *c);
      strcpy((char *)c->driver, "uvcvideo"); strcpy((char *)c->card, "Virtual Camera"); strcpy((char *)c->bus_info, "usb-vcam-1");
      c->version = 0x60000; c->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING; c->capabilities = c->device_caps | V4L2_CAP_DEVICE_CAPS; return 0; }
    case VIDIOC_ENUM_FMT: { struct v4l2_fmtdesc *f = arg; int raw = d->s->formats == 2 ? 1 : f->index;
      if (f->index > (d->s->formats == 3) || f->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fail(EINVAL);
      f->pixelformat = raw ? V4L2_PIX_FMT_YUYV : V4L2_PIX_FMT_MJPEG; f->flags = raw ? 0 : V4L2_FMT_FLAG_COMPRESSED;
      strcpy((char *)f->description, raw ? "YUYV 4:2:2" : "Motion-JPEG"); return 0; }
    case VIDIOC_ENUM_FRAMESIZES: { struct v4l2_frmsizeenum *f = arg; static const int w[] = {640, 1280, 1920}, h[] = {480, 720, 1080}; if (f->index > 2) return fail(EINVAL);
      f->type = V4L2_FRMSIZE_TYPE_DISCRETE; f->discrete.width = w[f->index]; f->discrete.height = h[f->index]; return 0; }
    case VIDIOC_ENUM_FRAMEINTERVALS: { struct v4l2_frmivalenum *f = arg; if (f->index) return fail(EINVAL);
      f->type = V4L2_FRMIVAL_TYPE_DISCRETE; f->discrete.numerator = 1; f->discrete.denominator = d->s->fps; return 0; }
    case VIDIOC_G_FMT: { struct v4l2_format *f = arg; f->fmt.pix.pixelformat = d->format; fill_format(d, f); return 0; }
    case VIDIOC_TRY_FMT: fill_format(d, arg); return 0;
    case VIDIOC_S_FMT: if (fault(d) == 'b') return fail(EBUSY); fill_format(d, arg); d->format = ((struct v4l2_format *)arg)->fmt.pix.pixelformat; return 0;
    case VIDIOC_G_PARM: case VIDIOC_S_PARM: { struct v4l2_streamparm *p = arg; memset(&p->parm, 0, sizeof p->parm);
      p->parm.capture.capability = V4L2_CAP_TIMEPERFRAME; p->parm.capture.timeperframe = (struct v4l2_fract){1, d->s->fps}; p->parm.capture.readbuffers = 4; return 0; }
    case VIDIOC_ENUMINPUT: { struct v4l2_input *i = arg; if (i->index) return fail(EINVAL); memset(i, 0, sizeof *i); strcpy((char *)i->name, "Camera 1"); i->type = V4L2_INPUT_TYPE_CAMERA; return 0; }
    case VIDIOC_G_INPUT: *(int *)arg = 0; return 0;
    case VIDIOC_S_INPUT: return *(int *)arg ? fail(EINVAL) : 0;
    case VIDIOC_QUERYCTRL: case VIDIOC_G_CTRL: case VIDIOC_S_CTRL: return control(d, req, arg);
    case VIDIOC_REQBUFS: { struct v4l2_requestbuffers *r = arg; if (r->memory != V4L2_MEMORY_MMAP) return fail(EINVAL);
      stream_off(d); if (r->count > BUFFERS) r->count = BUFFERS; d->nbuf = r->count; d->size = (slot(d->s) + 4095) & ~4095UL;
      for (int i = 0; i < d->nbuf; i++) if (!d->mem[i]) d->mem[i] = real_mmap(0, d->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
      r->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP; return 0; }
    case VIDIOC_QUERYBUF: { struct v4l2_buffer *b = arg; if (b->index >= (uint32_t)d->nbuf) return fail(EINVAL); b->length = d->size; b->m.offset = b->index * d->size; b->flags = 0; return 0; }
    case VIDIOC_QBUF: { struct v4l2_buffer *b = arg; if (b->index >= (uint32_t)d->nbuf) return fail(EINVAL);
      pthread_mutex_lock(&d->mu); d->queue[d->qn++] = b->index; pthread_mutex_unlock(&d->mu); return 0; }
    case VIDIOC_DQBUF: { struct v4l2_buffer *b = arg; char c;
      for (;;) { if (read(d->fd, &c, 1) != 1) return -1;   // EAGAIN when opened non-blocking
        if (fault(d) == 'u') return fail(ENODEV);
        pthread_mutex_lock(&d->mu); if (d->dn) break; pthread_mutex_unlock(&d->mu); }
      int i = d->done[0]; memmove(d->done, d->done + 1, --d->dn * sizeof(int)); pthread_mutex_unlock(&d->mu);
      b->index = i; b->bytesused = d->used[i]; b->sequence = d->seq[i]; b->length = d->size; b->m.offset = i * d->size; b->field = V4L2_FIELD_NONE; b->memory = V4L2_MEMORY_MMAP;
      int64_t us = d->us[i] - (fault(d) == 's' && d->seq[i] & 1 ? 1000000 : 0);
      b->timestamp.tv_sec = us / 1000000; b->timestamp.tv_usec = us % 1000000; b->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC; return 0; }
    case VIDIOC_STREAMON: if (fault(d) == 'b') return fail(EBUSY); if (!d->streaming) { d->streaming = 1; pthread_create(&d->th, 0, pump, d); } return 0;
    case VIDIOC_STREAMOFF: stream_off(d); return 0;
  }
  return fail(ENOTTY);
}
static int any_open(const char *path, int flags, mode_t mode) {
  const char *b = path ? backing(path) : 0;
  return b ? open_device(b, flags) : real_open(path, flags, mode);
}
#define MODE_ARG mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list ap; va_start(ap, flags); mode = va_arg(ap, mode_t); va_end(ap); }
int open(const char *path, int flags, ...) { MODE_ARG return any_open(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_ARG return any_open(path, flags | O_LARGEFILE, mode); }
int __open_2(const char *path, int flags) { return any_open(path, flags, 0); }
int __open64_2(const char *path, int flags) { return any_open(path, flags | O_LARGEFILE, 0); }
int close(int fd) {
  Device *d = find(fd);
  if (d) { stream_off(d); pthread_mutex_lock(&all); Device **p = &devices; while (*p && *p != d) p = &(*p)->next; if (*p) *p = d->next; pthread_mutex_unlock(&all); real_close(d->bell); free(d); }
  return real_close(fd);
}
int ioctl(int fd, unsigned long req, ...) {
  va_list ap; va_start(ap, req); void *arg = va_arg(ap, void *); va_end(ap);
  Device *d = find(fd); return d ? device_ioctl(d, req & 0xffffffff, arg) : real_ioctl(fd, req, arg);
}
// v4l2-ctl asks sysfs what kind of node it was given, and a kernel without V4L2 has no such entry.
static const char *uevent(const char *path) {
  static __thread char out[64]; int minor;
  if (!path || sscanf(path, "/sys/dev/char/81:%d/uevent", &minor) != 1) return 0;
  snprintf(out, sizeof out, "MAJOR=81\nMINOR=%d\nDEVNAME=video%d\n", minor, minor); return out;
}
static FILE *any_fopen(const char *path, const char *mode, const char *name) {
  const char *u = uevent(path); FILE *(*real)(const char *, const char *) = dlsym(RTLD_NEXT, name);
  if (!u) return real(path, mode);
  FILE *f = tmpfile(); if (f) { fputs(u, f); rewind(f); }
  return f;
}
FILE *fopen(const char *path, const char *mode) { return any_fopen(path, mode, "fopen"); }
FILE *fopen64(const char *path, const char *mode) { return any_fopen(path, mode, "fopen64"); }
static void *any_mmap(void *a, size_t n, int prot, int flags, int fd, off_t off) {
  Device *d = fd >= 0 ? find(fd) : 0;
  return d && d->size ? (off / (off_t)d->size < d->nbuf ? d->mem[off / d->size] : MAP_FAILED) : real_mmap(a, n, prot, flags, fd, off);
}
void *mmap(void *a, size_t n, int prot, int flags, int fd, off_t off) { if (!real_mmap) start(); return any_mmap(a, n, prot, flags, fd, off); }
void *mmap64(void *a, size_t n, int prot, int flags, int fd, off_t off) { if (!real_mmap) start(); return any_mmap(a, n, prot, flags, fd, off); }
#endif
