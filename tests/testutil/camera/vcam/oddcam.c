// oddcam: V4L2 cameras as they are, for tests, as an LD_PRELOAD: what each offers, sends and refuses is
// described by a text file.  vcam.c beside it is the one that draws, and that is fast.
//
//   cc -O2 -shared -fPIC -o oddcam.so oddcam.c -ldl -lpthread
//   LD_PRELOAD=./oddcam.so ODDCAM=/dev/video10=FILE,/dev/video11=FILE2 ffmpeg -f v4l2 -i /dev/video10 ...
//
// FILE, a line each; of a size, what follows are its frame times in seconds:
//   card NAME | driver NAME | caps HEX          what VIDIOC_QUERYCAP tells
//   fmt FOURCC FLAGS NAME                        a format ('_' for a space, a fifth '!' for big-endian); its sizes follow
//   size 640x480 1/30 1/15                       one size
//   step 32x32 2592x1944 2x2 1/30                all sizes from, to, in steps of
//   data FOURCC 640x480 files FILE...            what is sent in that mode, one after the other, whatever is in it
//   data FOURCC 640x480 raw FILE BYTES           the same, out of one file
//   err CALL ERRNO [AFTER]                       a call (OPEN, QUERYCAP, S_FMT, G_PARM, STREAMON, DQBUF, ...) that fails, the
//                                                latter after so many pictures
//   delay MS | gap SECONDS                       until the first picture, and between two
//   ts z|b|j|n|f|r                               times: none, back and forth, jumps, negative, the future, the wall clock's
//   noparm                                       knows no VIDIOC_G_PARM
//   errevery N | zeroevery N | short N BYTES     every Nth picture is flagged as damaged, empty, or so much shorter
//   truncfirst N                                 the first N pictures are cut
//   ctl ID TYPE FLAGS ERRNO MIN MAX STEP DEFAULT VALUE NAME, then menu INDEX LABEL
// FILE.fault holds a word that changes it live (unplugged, frozen, busy), FILE.slow how long open() takes in ms, FILE.ctrl
// the values of its controls: without that file it was plugged in anew.  ODDCAM_SYSFS=DIR gives
// /sys/class/video4linux/videoN/{name,index} from DIR/videoN.name and .index.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/videodev2.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct { int w, h, wmax, hmax, sw, sh, step; int nr; int num[8], den[8]; } Size;
typedef struct { uint32_t cc, flags; char desc[32]; int ns; Size s[32]; } Fmt;
typedef struct { uint32_t cc; int w, h; int n; size_t len[256]; char *path[256]; size_t off[256]; } Data;
typedef struct { uint32_t id, type, flags; char name[32]; int64_t min, max, step, def, val; int seterr; char str[64]; int nm; int64_t mi[32]; char ml[32][32]; } Ctl;
typedef struct { char name[24]; int err; int after; } Err;
typedef struct Dev {
  int fd; char conf[200]; struct Dev *next;
  char card[32], driver[16]; uint32_t caps; int nf; Fmt f[16]; int nd; Data d[32]; int nc; Ctl c[64]; int ne; Err e[16];
  int delay_ms, tsmode, noparm, errevery, shortevery, shortby, truncfirst, keepsize, zeroevery, maxbuf; double gap_s;
  uint32_t cc; int w, h, num, den; size_t size; int nbuf; uint8_t *mem[32]; int q[32], qn; int streaming; unsigned seq; struct timespec due; Data *data; int mfd;
} Dev;
static Dev *devs; static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int (*r_open)(const char *, int, ...), (*r_close)(int), (*r_ioctl)(int, unsigned long, ...);
static void *(*r_mmap)(void *, size_t, int, int, int, off_t);
__attribute__((constructor)) static void init(void) {
  r_open = dlsym(RTLD_NEXT, "open"); r_close = dlsym(RTLD_NEXT, "close"); r_ioctl = dlsym(RTLD_NEXT, "ioctl"); r_mmap = dlsym(RTLD_NEXT, "mmap");
}
static int fail(int e) { errno = e; return -1; }
static uint32_t cc4(const char *s) { // '_' stands for a space, a 5th character '!' for big endian
  char b[4] = {' ', ' ', ' ', ' '}; for (int i = 0; i < 4 && s[i]; i++) b[i] = s[i] == '_' ? ' ' : s[i];
  return v4l2_fourcc(b[0], b[1], b[2], b[3]) | (strlen(s) > 4 && s[4] == '!' ? 1u << 31 : 0);
}
static const char *conf_of(const char *path) {
  static __thread char out[256]; const char *v = getenv("ODDCAM"); size_t n = strlen(path);
  for (; v && *v; v = strchr(v, ',') ? strchr(v, ',') + 1 : 0)
    if (!strncmp(v, path, n) && v[n] == '=') { snprintf(out, sizeof out, "%s", v + n + 1); char *c = strchr(out, ','); if (c) *c = 0; return out; }
  return 0;
}
static char fault_in(const char *conf) {
  char p[256], c = 0; snprintf(p, sizeof p, "%s.fault", conf); int fd = r_open(p, O_RDONLY | O_CLOEXEC); if (fd < 0) return 0;
  if (read(fd, &c, 1) != 1) c = 0;
  r_close(fd); return c;
}
static char fault(Dev *d) { return fault_in(d->conf); }
static void load_vals(Dev *d) {
  char p[256]; snprintf(p, sizeof p, "%s.ctrl", d->conf); int fd = r_open(p, O_RDONLY | O_CLOEXEC); if (fd < 0) { for (int i = 0; i < d->nc; i++) d->c[i].val = d->c[i].val; return; }
  char b[8192]; int n = read(fd, b, sizeof b - 1); r_close(fd); if (n < 0) n = 0; b[n] = 0;
  for (char *l = strtok(b, "\n"); l; l = strtok(0, "\n")) { unsigned id; long long v; char t[64] = ""; if (sscanf(l, "%x %lld %63[^\n]", &id, &v, t) >= 2) for (int i = 0; i < d->nc; i++) if (d->c[i].id == id) { d->c[i].val = v; memcpy(d->c[i].str, t, 64); } }
}
static void save_vals(Dev *d) {
  char p[256]; snprintf(p, sizeof p, "%s.ctrl", d->conf); int fd = r_open(p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666); if (fd < 0) return;
  for (int i = 0; i < d->nc; i++) dprintf(fd, "%x %lld %s\n", d->c[i].id, (long long)d->c[i].val, d->c[i].str);
  r_close(fd);
}
static int parse(Dev *d) {
  int fd = r_open(d->conf, O_RDONLY | O_CLOEXEC); if (fd < 0) return -1;
  static __thread char b[65536]; int n = read(fd, b, sizeof b - 1); r_close(fd); b[n < 0 ? 0 : n] = 0;
  strcpy(d->card, "Odd Camera"); strcpy(d->driver, "uvcvideo"); d->caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING; d->maxbuf = 32;
  char *save; for (char *l = strtok_r(b, "\n", &save); l; l = strtok_r(0, "\n", &save)) {
    char k[32]; int at = 0; if (*l == '#' || sscanf(l, "%31s %n", k, &at) < 1) continue; char *r = l + at;
    if (!strcmp(k, "card")) snprintf(d->card, 32, "%s", r);
    else if (!strcmp(k, "driver")) snprintf(d->driver, 16, "%s", r);
    else if (!strcmp(k, "caps")) d->caps = strtoul(r, 0, 16);
    else if (!strcmp(k, "fmt")) { Fmt *f = &d->f[d->nf++]; char c[8]; int o = 0; sscanf(r, "%7s %x %n", c, &f->flags, &o); f->cc = cc4(c); snprintf(f->desc, 32, "%s", r + o); }
    else if (!strcmp(k, "size")) { Fmt *f = &d->f[d->nf - 1]; Size *s = &f->s[f->ns++]; int o = 0; sscanf(r, "%dx%d %n", &s->w, &s->h, &o);
      for (char *t = r + o; *t && s->nr < 8;) { int a, b2, m = 0; if (sscanf(t, "%d/%d %n", &a, &b2, &m) != 2) break; s->num[s->nr] = a; s->den[s->nr++] = b2; t += m; } }
    else if (!strcmp(k, "step")) { Fmt *f = &d->f[d->nf - 1]; Size *s = &f->s[f->ns++]; s->step = 1; int o = 0; sscanf(r, "%dx%d %dx%d %dx%d %n", &s->w, &s->h, &s->wmax, &s->hmax, &s->sw, &s->sh, &o);
      for (char *t = r + o; *t && s->nr < 8;) { int a, b2, m = 0; if (sscanf(t, "%d/%d %n", &a, &b2, &m) != 2) break; s->num[s->nr] = a; s->den[s->nr++] = b2; t += m; } }
    else if (!strcmp(k, "data")) { Data *x = &d->d[d->nd++]; char c[8], how[8]; int o = 0; sscanf(r, "%7s %dx%d %7s %n", c, &x->w, &x->h, how, &o); x->cc = cc4(c); r += o;
      if (!strcmp(how, "raw")) { char p[200]; size_t len; sscanf(r, "%199s %zu", p, &len); struct stat st; if (stat(p, &st)) continue; for (size_t off = 0; off + len <= (size_t)st.st_size && x->n < 256; off += len) { x->path[x->n] = strdup(p); x->off[x->n] = off; x->len[x->n++] = len; } }
      else for (;;) { char p[200]; int m = 0; if (sscanf(r, "%199s %n", p, &m) != 1) break; r += m; struct stat st; if (stat(p, &st)) continue; if (x->n < 256) { x->path[x->n] = strdup(p); x->len[x->n++] = st.st_size; } } }
    else if (!strcmp(k, "err")) { Err *e = &d->e[d->ne++]; sscanf(r, "%23s %d %d", e->name, &e->err, &e->after); }
    else if (!strcmp(k, "delay")) d->delay_ms = atoi(r);
    else if (!strcmp(k, "gap")) d->gap_s = atof(r);
    else if (!strcmp(k, "ts")) d->tsmode = *r;
    else if (!strcmp(k, "noparm")) d->noparm = 1;
    else if (!strcmp(k, "errevery")) d->errevery = atoi(r);
    else if (!strcmp(k, "zeroevery")) d->zeroevery = atoi(r);
    else if (!strcmp(k, "short")) sscanf(r, "%d %d", &d->shortevery, &d->shortby);
    else if (!strcmp(k, "truncfirst")) d->truncfirst = atoi(r);
    else if (!strcmp(k, "ctl")) { Ctl *c = &d->c[d->nc++]; int o = 0; long long a[5]; sscanf(r, "%x %u %x %d %lld %lld %lld %lld %lld %n", &c->id, &c->type, &c->flags, &c->seterr, a, a + 1, a + 2, a + 3, a + 4, &o);
      c->min = a[0]; c->max = a[1]; c->step = a[2]; c->def = a[3]; c->val = a[4]; snprintf(c->name, 32, "%s", r + o); if (c->type == V4L2_CTRL_TYPE_STRING) strcpy(c->str, "hello world"); }
    else if (!strcmp(k, "menu")) { Ctl *c = &d->c[d->nc - 1]; int o = 0; long long i; sscanf(r, "%lld %n", &i, &o); c->mi[c->nm] = i; snprintf(c->ml[c->nm++], 32, "%s", r + o); }
  }
  return 0;
}
static Dev *find(int fd) { pthread_mutex_lock(&mu); Dev *d = devs; while (d && d->fd != fd) d = d->next; pthread_mutex_unlock(&mu); return d; }
static int err_of(Dev *d, const char *n) { for (int i = 0; i < d->ne; i++) if (!strcmp(d->e[i].name, n) && d->seq >= (unsigned)d->e[i].after) return d->e[i].err; return 0; }
static size_t image_size(uint32_t cc, int w, int h) {
  switch (cc) { case V4L2_PIX_FMT_GREY: case V4L2_PIX_FMT_SBGGR8: case V4L2_PIX_FMT_SRGGB8: return (size_t)w * h; case V4L2_PIX_FMT_NV12: case V4L2_PIX_FMT_YUV420: case V4L2_PIX_FMT_YVU420: case V4L2_PIX_FMT_NV21: return (size_t)w * h * 3 / 2;
    case V4L2_PIX_FMT_BGR24: case V4L2_PIX_FMT_RGB24: return (size_t)w * h * 3; case V4L2_PIX_FMT_BGR32: case V4L2_PIX_FMT_RGB32: return (size_t)w * h * 4; default: return (size_t)w * h * 2; }
}
static Fmt *fmt_of(Dev *d, uint32_t cc) { for (int i = 0; i < d->nf; i++) if (d->f[i].cc == cc) return &d->f[i]; return &d->f[0]; }
static Size *size_of(Fmt *f, int w, int h, int *ow, int *oh) {
  Size *best = 0; long bd = 0; int bw = 0, bh = 0;
  for (int i = 0; i < f->ns; i++) { Size *s = &f->s[i]; int sw = s->w, sh = s->h;
    if (s->step) { sw = w < s->w ? s->w : w > s->wmax ? s->wmax : w; sh = h < s->h ? s->h : h > s->hmax ? s->hmax : h; if (s->sw) sw -= (sw - s->w) % s->sw; if (s->sh) sh -= (sh - s->h) % s->sh; }
    long mw = sw < w ? sw : w, mh = sh < h ? sh : h, dist = (long)sw * sh + (long)w * h - 2 * mw * mh;
    if (!best || dist < bd) { best = s; bd = dist; bw = sw; bh = sh; } }
  *ow = bw; *oh = bh; return best;
}
static void fill(Dev *d, struct v4l2_format *f) {
  struct v4l2_pix_format *p = &f->fmt.pix; Fmt *m = fmt_of(d, p->pixelformat); int w, h; size_of(m, p->width, p->height, &w, &h);
  int comp = m->flags & V4L2_FMT_FLAG_COMPRESSED; size_t sz = image_size(m->cc, w, h); if (comp && sz < 65536) sz = 65536;
  *p = (struct v4l2_pix_format){.width = w, .height = h, .pixelformat = m->cc, .field = V4L2_FIELD_NONE, .bytesperline = comp ? 0 : sz / (h ? h : 1), .sizeimage = sz, .colorspace = V4L2_COLORSPACE_SRGB};
}
static Ctl *ctl(Dev *d, uint32_t id) { for (int i = 0; i < d->nc; i++) if (d->c[i].id == id) return &d->c[i]; return 0; }
static Ctl *ctl_next(Dev *d, uint32_t id) { Ctl *b = 0; for (int i = 0; i < d->nc; i++) if (d->c[i].id > id && (!b || d->c[i].id < b->id)) b = &d->c[i]; return b; }
static int set_one(Dev *d, Ctl *c, int64_t v) {
  if (c->flags & V4L2_CTRL_FLAG_READ_ONLY) return EACCES; if (c->seterr) return c->seterr;
  if (c->type != V4L2_CTRL_TYPE_BUTTON && c->type != V4L2_CTRL_TYPE_STRING && (v < c->min || v > c->max)) return ERANGE;
  if (c->type == V4L2_CTRL_TYPE_INTEGER && c->step > 1) v = c->min + (v - c->min + c->step / 2) / c->step * c->step;
  c->val = v; save_vals(d); return 0;
}
static int dqbuf(Dev *d, struct v4l2_buffer *b) {
  struct timespec t = d->due;
  for (;;) { char f = fault(d); if (f == 'u') return fail(ENODEV);
    int e = err_of(d, "DQBUF"); if (e) return fail(e);
    struct timespec now; clock_gettime(CLOCK_MONOTONIC, &now);
    if (f != 'f' && (now.tv_sec > t.tv_sec || (now.tv_sec == t.tv_sec && now.tv_nsec >= t.tv_nsec)) && d->qn) break;
    struct timespec s = {0, 3000000}; nanosleep(&s, 0); }
  struct timespec now; clock_gettime(CLOCK_MONOTONIC, &now);
  double per = d->gap_s > 0 ? d->gap_s : (double)d->num / d->den; long ns = (long)(per * 1e9); d->due.tv_sec += ns / 1000000000; d->due.tv_nsec += ns % 1000000000; if (d->due.tv_nsec >= 1000000000) { d->due.tv_nsec -= 1000000000; d->due.tv_sec++; }
  if (d->due.tv_sec < now.tv_sec - 1) d->due = now;
  int i = d->q[0]; memmove(d->q, d->q + 1, --d->qn * sizeof(int));
  size_t n = 0; Data *x = d->data;
  if (x && x->n) { int k = d->seq % x->n; int fd = r_open(x->path[k], O_RDONLY | O_CLOEXEC); if (fd >= 0) { size_t want = x->len[k] < d->size ? x->len[k] : d->size; ssize_t got = pread(fd, d->mem[i], want, x->off[k]); n = got < 0 ? 0 : got; r_close(fd); } }
  else { n = d->cc == V4L2_PIX_FMT_MJPEG ? 0 : image_size(d->cc, d->w, d->h); if (n > d->size) n = d->size; for (size_t k = 0; k < n; k += 64) d->mem[i][k] = (uint8_t)(d->seq + k / 997); }
  d->seq++;
  if (d->shortevery && d->seq % d->shortevery == 0) n = (long)n > d->shortby ? n - d->shortby : 0;
  if (d->truncfirst && d->seq <= (unsigned)d->truncfirst) n /= 3;
  b->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
  if (d->errevery && d->seq % d->errevery == 0) b->flags |= V4L2_BUF_FLAG_ERROR;
  if (d->zeroevery && d->seq % d->zeroevery == 0) n = 0;
  b->index = i; b->bytesused = n; b->sequence = d->seq; b->length = d->size; b->m.offset = i * d->size; b->field = V4L2_FIELD_NONE; b->memory = V4L2_MEMORY_MMAP;
  int64_t us = now.tv_sec * 1000000LL + now.tv_nsec / 1000;
  switch (d->tsmode) { case 'z': us = 0; break; case 'b': us -= d->seq & 1 ? 1000000 : 0; break; case 'j': us -= (d->seq / 30) * 7200000000LL; break; case 'n': us = -us; break; case 'f': us += (d->seq > 20) * 86400000000LL * 400; break; case 'r': { struct timespec rt; clock_gettime(CLOCK_REALTIME, &rt); us = rt.tv_sec * 1000000LL; break; } }
  b->timestamp.tv_sec = us / 1000000; b->timestamp.tv_usec = us % 1000000; return 0;
}
static int dev_ioctl(Dev *d, unsigned long rq, void *arg) {
  if (fault(d) == 'u' && rq != VIDIOC_STREAMOFF) return fail(ENODEV);
  int e;
#define E(n) if ((e = err_of(d, #n))) return fail(e)
  switch (rq) {
    case VIDIOC_QUERYCAP: { E(QUERYCAP); struct v4l2_capability *c = arg; memset(c, 0, sizeof *c); snprintf((char *)c->driver, 16, "%s", d->driver); snprintf((char *)c->card, 32, "%s", d->card); strcpy((char *)c->bus_info, "usb-oddcam-1"); c->version = 0x60000; c->device_caps = d->caps; c->capabilities = d->caps | V4L2_CAP_DEVICE_CAPS; return 0; }
    case VIDIOC_ENUM_FMT: { E(ENUM_FMT); struct v4l2_fmtdesc *f = arg; if (f->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || f->index >= (unsigned)d->nf) return fail(EINVAL); f->pixelformat = d->f[f->index].cc; f->flags = d->f[f->index].flags; snprintf((char *)f->description, 32, "%s", d->f[f->index].desc); return 0; }
    case VIDIOC_ENUM_FRAMESIZES: { E(ENUM_FRAMESIZES); struct v4l2_frmsizeenum *f = arg; Fmt *m = 0; for (int i = 0; i < d->nf; i++) if (d->f[i].cc == f->pixel_format) m = &d->f[i]; if (!m || f->index >= (unsigned)m->ns) return fail(EINVAL); Size *s = &m->s[f->index];
      if (s->step) { f->type = s->sw == 1 && s->sh == 1 ? V4L2_FRMSIZE_TYPE_CONTINUOUS : V4L2_FRMSIZE_TYPE_STEPWISE; f->stepwise = (struct v4l2_frmsize_stepwise){s->w, s->wmax, s->sw, s->h, s->hmax, s->sh}; } else { f->type = V4L2_FRMSIZE_TYPE_DISCRETE; f->discrete.width = s->w; f->discrete.height = s->h; } return 0; }
    case VIDIOC_ENUM_FRAMEINTERVALS: { E(ENUM_FRAMEINTERVALS); struct v4l2_frmivalenum *f = arg; Fmt *m = 0; for (int i = 0; i < d->nf; i++) if (d->f[i].cc == f->pixel_format) m = &d->f[i]; if (!m) return fail(EINVAL); int w, h; Size *s = size_of(m, f->width, f->height, &w, &h); if (!s || w != (int)f->width || h != (int)f->height || f->index >= (unsigned)s->nr) return fail(EINVAL);
      f->type = V4L2_FRMIVAL_TYPE_DISCRETE; f->discrete.numerator = s->num[f->index]; f->discrete.denominator = s->den[f->index]; return 0; }
    case VIDIOC_G_FMT: { E(G_FMT); struct v4l2_format *f = arg; if (f->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fail(EINVAL); f->fmt.pix.pixelformat = d->cc; f->fmt.pix.width = d->w; f->fmt.pix.height = d->h; fill(d, f); return 0; }
    case VIDIOC_TRY_FMT: fill(d, arg); return 0;
    case VIDIOC_S_FMT: { E(S_FMT); if (fault(d) == 'b') return fail(EBUSY); struct v4l2_format *f = arg; fill(d, f); d->cc = f->fmt.pix.pixelformat; d->w = f->fmt.pix.width; d->h = f->fmt.pix.height; int w, h; Size *s = size_of(fmt_of(d, d->cc), d->w, d->h, &w, &h); if (s && s->nr) { d->num = s->num[0]; d->den = s->den[0]; } return 0; }
    case VIDIOC_G_PARM: case VIDIOC_S_PARM: { if (d->noparm) return fail(ENOTTY); if (rq == VIDIOC_S_PARM) { E(S_PARM); } else { E(G_PARM); } struct v4l2_streamparm *p = arg;
      if (rq == VIDIOC_S_PARM) { struct v4l2_fract t = p->parm.capture.timeperframe; int w, h; Size *s = size_of(fmt_of(d, d->cc), d->w, d->h, &w, &h); double want = t.denominator ? (double)t.numerator / t.denominator : 0, bd = 1e9; for (int i = 0; s && i < s->nr; i++) { double x = (double)s->num[i] / s->den[i] - want; if (x < 0) x = -x; if (x < bd) { bd = x; d->num = s->num[i]; d->den = s->den[i]; } } }
      memset(&p->parm, 0, sizeof p->parm); p->parm.capture.capability = V4L2_CAP_TIMEPERFRAME; p->parm.capture.timeperframe = (struct v4l2_fract){d->num, d->den}; p->parm.capture.readbuffers = 4; return 0; }
    case VIDIOC_ENUMINPUT: { E(ENUMINPUT); struct v4l2_input *i = arg; if (i->index) return fail(EINVAL); memset(i, 0, sizeof *i); strcpy((char *)i->name, "Camera 1"); i->type = V4L2_INPUT_TYPE_CAMERA; return 0; }
    case VIDIOC_G_INPUT: E(G_INPUT); *(int *)arg = 0; return 0;
    case VIDIOC_S_INPUT: return *(int *)arg ? fail(EINVAL) : 0;
    case VIDIOC_QUERYCTRL: { struct v4l2_queryctrl *q = arg; load_vals(d); Ctl *c = q->id & V4L2_CTRL_FLAG_NEXT_CTRL ? ctl_next(d, q->id & 0x0fffffff) : ctl(d, q->id); if (!c) return fail(EINVAL); if (c->type == V4L2_CTRL_TYPE_INTEGER64 && !(q->id & V4L2_CTRL_FLAG_NEXT_CTRL)) {}
      *q = (struct v4l2_queryctrl){.id = c->id, .type = c->type, .minimum = c->min, .maximum = c->max, .step = c->step, .default_value = c->def, .flags = c->flags}; memcpy(q->name, c->name, 32); return 0; }
    case VIDIOC_QUERY_EXT_CTRL: { struct v4l2_query_ext_ctrl *q = arg; load_vals(d); Ctl *c = q->id & (V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND) ? ctl_next(d, q->id & 0x0fffffff) : ctl(d, q->id); if (!c) return fail(EINVAL);
      memset(q, 0, sizeof *q); q->id = c->id; q->type = c->type; q->minimum = c->min; q->maximum = c->max; q->step = c->step; q->default_value = c->def; q->flags = c->flags; q->elem_size = c->type == V4L2_CTRL_TYPE_STRING ? 64 : c->type == V4L2_CTRL_TYPE_INTEGER64 ? 8 : 4; q->elems = 1; memcpy(q->name, c->name, 32); return 0; }
    case VIDIOC_QUERYMENU: { struct v4l2_querymenu *m = arg; Ctl *c = ctl(d, m->id); if (!c) return fail(EINVAL); for (int i = 0; i < c->nm; i++) if ((uint32_t)c->mi[i] == m->index) { if (c->type == V4L2_CTRL_TYPE_INTEGER_MENU) m->value = atoll(c->ml[i]); else memcpy(m->name, c->ml[i], 32); return 0; } return fail(EINVAL); }
    case VIDIOC_G_CTRL: { struct v4l2_control *v = arg; load_vals(d); Ctl *c = ctl(d, v->id); if (!c) return fail(EINVAL); v->value = c->val; return 0; }
    case VIDIOC_S_CTRL: { struct v4l2_control *v = arg; load_vals(d); Ctl *c = ctl(d, v->id); if (!c) return fail(EINVAL); e = set_one(d, c, v->value); return e ? fail(e) : 0; }
    case VIDIOC_G_EXT_CTRLS: { struct v4l2_ext_controls *x = arg; load_vals(d); for (unsigned i = 0; i < x->count; i++) { Ctl *c = ctl(d, x->controls[i].id); if (!c) { x->error_idx = i; return fail(EINVAL); } if (c->flags & V4L2_CTRL_FLAG_WRITE_ONLY) { x->error_idx = i; return fail(EACCES); } if (c->type == V4L2_CTRL_TYPE_STRING) { if (x->controls[i].size < 33 || !x->controls[i].string) { x->controls[i].size = 33; x->error_idx = i; return fail(ENOSPC); } memcpy(x->controls[i].string, c->str, 33); } else if (c->type == V4L2_CTRL_TYPE_INTEGER64) x->controls[i].value64 = c->val; else x->controls[i].value = c->val; } return 0; }
    case VIDIOC_S_EXT_CTRLS: case VIDIOC_TRY_EXT_CTRLS: { struct v4l2_ext_controls *x = arg; load_vals(d); for (unsigned i = 0; i < x->count; i++) { Ctl *c = ctl(d, x->controls[i].id); if (!c) { x->error_idx = x->count; return fail(EINVAL); } if (c->type == V4L2_CTRL_TYPE_STRING) snprintf(c->str, sizeof c->str, "%s", x->controls[i].string); e = set_one(d, c, c->type == V4L2_CTRL_TYPE_INTEGER64 ? x->controls[i].value64 : x->controls[i].value); if (e) { x->error_idx = i; return fail(e); } } return 0; }
    case VIDIOC_REQBUFS: { E(REQBUFS); struct v4l2_requestbuffers *r = arg; if (r->memory != V4L2_MEMORY_MMAP) return fail(EINVAL); if (r->count > (unsigned)d->maxbuf) r->count = d->maxbuf; d->nbuf = r->count; d->streaming = 0; d->qn = 0;
      struct v4l2_format f = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE}; f.fmt.pix.pixelformat = d->cc; f.fmt.pix.width = d->w; f.fmt.pix.height = d->h; fill(d, &f); size_t sz = f.fmt.pix.sizeimage; d->size = (sz + 4095) & ~4095UL;
      d->data = 0; for (int i = 0; i < d->nd; i++) if (d->d[i].cc == d->cc && d->d[i].w == d->w && d->d[i].h == d->h) d->data = &d->d[i];
      if (d->data) for (int i = 0; i < d->data->n; i++) if (d->data->len[i] > d->size) d->size = (d->data->len[i] + 4095) & ~4095UL;
      for (int i = 0; i < d->nbuf; i++) if (!d->mem[i]) d->mem[i] = r_mmap(0, d->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); r->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP; return 0; }
    case VIDIOC_QUERYBUF: { E(QUERYBUF); struct v4l2_buffer *b = arg; if (b->index >= (unsigned)d->nbuf) return fail(EINVAL); b->length = d->size; b->m.offset = b->index * d->size; b->flags = 0; return 0; }
    case VIDIOC_QBUF: { struct v4l2_buffer *b = arg; if (b->index >= (unsigned)d->nbuf || d->qn >= 32) return fail(EINVAL); d->q[d->qn++] = b->index; return 0; }
    case VIDIOC_DQBUF: return dqbuf(d, arg);
    case VIDIOC_STREAMON: E(STREAMON); if (fault(d) == 'b') return fail(EBUSY); d->streaming = 1; clock_gettime(CLOCK_MONOTONIC, &d->due); { long ms = d->delay_ms; d->due.tv_sec += ms / 1000; d->due.tv_nsec += ms % 1000 * 1000000; if (d->due.tv_nsec >= 1000000000) { d->due.tv_nsec -= 1000000000; d->due.tv_sec++; } } return 0;
    case VIDIOC_STREAMOFF: d->streaming = 0; d->qn = 0; return 0;
  }
  return fail(ENOTTY);
}
static int open_dev(const char *conf) {
  if (fault_in(conf) == 'u') return fail(ENODEV);
  { char p[256], b[16] = {0}; snprintf(p, sizeof p, "%s.slow", conf); int f = r_open(p, O_RDONLY | O_CLOEXEC); if (f >= 0) { if (read(f, b, 15) > 0) { struct timespec t = {atoi(b) / 1000, atoi(b) % 1000 * 1000000L}; while (nanosleep(&t, &t)) {} } r_close(f); } }
  Dev *d = calloc(1, sizeof *d); snprintf(d->conf, sizeof d->conf, "%s", conf); d->mfd = -1; if (parse(d)) { free(d); return fail(ENODEV); }
  int e = err_of(d, "OPEN"); if (e) { free(d); return fail(e); }
  d->num = 1; d->den = 30; if (d->nf) { d->cc = d->f[0].cc; if (d->f[0].ns) { d->w = d->f[0].s[0].w; d->h = d->f[0].s[0].h; if (d->f[0].s[0].nr) { d->num = d->f[0].s[0].num[0]; d->den = d->f[0].s[0].den[0]; } } }
  d->fd = r_open("/dev/null", O_RDWR | O_CLOEXEC); pthread_mutex_lock(&mu); d->next = devs; devs = d; pthread_mutex_unlock(&mu); return d->fd;
}
// /sys/class/video4linux/videoN/{name,index}: from ODDCAM_SYSFS=DIR (DIR/videoN.name, DIR/videoN.index)
static const char *sysfs(const char *path) {
  static __thread char out[256]; int n; char what[16]; const char *dir = getenv("ODDCAM_SYSFS");
  if (!dir || !path || sscanf(path, "/sys/class/video4linux/video%d/%15s", &n, what) != 2) return 0;
  snprintf(out, sizeof out, "%s/video%d.%s", dir, n, what); return out;
}
static int any_open(const char *path, int flags, mode_t mode) {
  char real[PATH_MAX]; if (path && !strncmp(path, "/dev/v4l/", 9) && realpath(path, real)) path = real;
  const char *c = path ? conf_of(path) : 0; if (c) return open_dev(c);
  const char *s = sysfs(path); if (s) return r_open(s, flags, mode);
  return r_open(path, flags, mode);
}
#define MODE_ARG mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list ap; va_start(ap, flags); mode = va_arg(ap, mode_t); va_end(ap); }
int open(const char *path, int flags, ...) { MODE_ARG return any_open(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_ARG return any_open(path, flags | O_LARGEFILE, mode); }
int __open_2(const char *path, int flags) { return any_open(path, flags, 0); }
int __open64_2(const char *path, int flags) { return any_open(path, flags | O_LARGEFILE, 0); }
int openat64(int dir, const char *path, int flags, ...) { static int (*r)(int, const char *, int, ...); if (!r) r = dlsym(RTLD_NEXT, "openat64"); MODE_ARG const char *c = path && *path == '/' ? conf_of(path) : 0; if (c) return open_dev(c); const char *s = sysfs(path); if (s) return r_open(s, flags, mode); return r(dir, path, flags, mode); }
int close(int fd) { Dev *d = find(fd); if (d) { pthread_mutex_lock(&mu); Dev **p = &devs; while (*p && *p != d) p = &(*p)->next; if (*p) *p = d->next; pthread_mutex_unlock(&mu); } return r_close(fd); }
int ioctl(int fd, unsigned long rq, ...) { va_list ap; va_start(ap, rq); void *arg = va_arg(ap, void *); va_end(ap); Dev *d = find(fd); return d ? dev_ioctl(d, rq & 0xffffffff, arg) : r_ioctl(fd, rq, arg); }
static const char *uevent(const char *path) { static __thread char out[64]; int n; if (!path || sscanf(path, "/sys/dev/char/81:%d/uevent", &n) != 1) return 0; snprintf(out, sizeof out, "MAJOR=81\nMINOR=%d\nDEVNAME=video%d\n", n, n); return out; }
static FILE *any_fopen(const char *path, const char *mode, const char *name) { const char *u = uevent(path); FILE *(*real)(const char *, const char *) = dlsym(RTLD_NEXT, name); if (!u) return real(path, mode); FILE *f = tmpfile(); if (f) { fputs(u, f); rewind(f); } return f; }
FILE *fopen(const char *path, const char *mode) { return any_fopen(path, mode, "fopen"); }
FILE *fopen64(const char *path, const char *mode) { return any_fopen(path, mode, "fopen64"); }
static void *any_mmap(void *a, size_t n, int prot, int flags, int fd, off_t off) { Dev *d = fd >= 0 ? find(fd) : 0; return d && d->size ? (off / (off_t)d->size < d->nbuf ? d->mem[off / d->size] : MAP_FAILED) : r_mmap(a, n, prot, flags, fd, off); }
void *mmap(void *a, size_t n, int prot, int flags, int fd, off_t off) { if (!r_mmap) init(); return any_mmap(a, n, prot, flags, fd, off); }
void *mmap64(void *a, size_t n, int prot, int flags, int fd, off_t off) { if (!r_mmap) init(); return any_mmap(a, n, prot, flags, fd, off); }
