"""Names that every MicroPython has in its own flash: as a name of ours they cost a board nothing.

From the core's builtins, the methods of its types, asyncio and the modules of all ports; what the interpreter itself
asks an object for is left out. Whatever a program uses under one of these names is not renamed to it.
"""

NAMES = """
    e pi abs all any bin chr cos dir erf exp hex int len log map max min nan oct ord pop pow set sin sum
    tan tau zip acos asin atan bool ceil copy dict eval exec find fabs fmod frexp gamma getter hash
    heapify heappop help id inf iter join list lower md5 modf next open rect reverse rfind round sinh
    slice sort split sqrt strip super tanh trunc tuple type upper PTR INT UINT LONG INT8 INT16 INT32 INT64
    UINT8 UINT16 UINT32 UINT64 VOID ARRAY SHORT ULONG USHORT NATIVE FLOAT32 FLOAT64 BF_LEN BF_POS BFINT8
    BFINT16 BFINT32 BFUINT8 BFUINT16 BFUINT32 acosh addressof append argv asinh atan2 atanh bytes center
    choice clear complex copysign cosh count crc32 degrees delattr deque difference disable discard divmod
    enable endswith enumerate erfc execfile expm1 extend factorial filter floor format frozenset getattr
    globals hasattr heappush ilistdir index input insert intersection isalpha isclose isdigit isdisjoint
    isenabled isfinite isinf isinstance islower isnan isspace issubclass issubset issuperset isupper ldexp
    lgamma locals log10 log2 lstrip mem_alloc mem_info memoryview mkdir mktime namedtuple object opt_level
    phase polar popitem print property qstr_info radians randint randrange range repr replace reversed
    rindex rmdir rpartition rsplit rstrip schedule setattr setdefault setter sizeof sorted splitlines
    stack_use startswith staticmethod statvfs stderr symmetric_difference threshold ticks_cpu ticks_us
    to_bytes uniform union unpack update version_info BytesIO StringIO OrderedDict RingIO POLLERR POLLHUP
    POLLOUT EACCES EEXIST EISDIR EINVAL ENOMEM ENODEV ENOBUFS EALREADY EBADF EAGAIN EPERM LITTLE_ENDIAN
    BIG_ENDIAN IOQueue TaskQueue StreamWriter Lock Server open_connection start_server new_event_loop run_until_complete
    cur_task default_exception_handler call_exception_handler get_exception_handler queue_write wait_io_event
    readexactly readline awrite run_forever current_task gather return_exceptions is_set acquire release locked
    backlog server_hostname server_side out_buf peername AF_INET SOCK_STREAM SOL_SOCKET SO_REUSEADDR getaddrinfo
    setblocking FrameBuffer1 MVLSB MONO_HLSB MONO_HMSB RGB565 GS2_HMSB GS4_HMSB GS8 ellipse poly scroll pixel
    vline DeflateIO ZLIB GZIP RAW AUTO VfsLfs2 VfsFat readblocks writeblocks progsize lookahead mkfs umount
    heap_lock heap_unlock sha1 getrandbits localtime gmtime time_ns unregister modify popleft appendleft
    partition bytes_at bytearray_at CancelledError SingletonGenerator Stream StreamReader wait_closed get_extra_info
    Loop bytecode uint ptr ptr8 ptr16 ptr32 viper native maxsize byteorder platform loads match sub bind accept
    listen connect getcwd chdir unlink real imag fromkeys readonly readsize coro ph_key
""".split()  # noqa: SIM905  a list of literals would be a page long

# For attributes only: as the name of a variable or of a module these mean something.
ATTRIBUTES = """
    ArithmeticError AssertionError AttributeError BaseException EOFError Ellipsis ImportError
    IndentationError IndexError KeyError KeyboardInterrupt LookupError MemoryError NameError NoneType
    NotImplemented NotImplementedError OverflowError RuntimeError StopAsyncIteration SyntaxError
    SystemExit ZeroDivisionError bound_method classmethod closure compile deleter dict_view function
    generator module single EADDRINUSE ECONNABORTED ECONNREFUSED ECONNRESET EHOSTUNREACH EINPROGRESS EIO
    ENOTCONN EOPNOTSUPP ETIMEDOUT errorcode FileIO TextIOWrapper getvalue readlines CERT_NONE
    CERT_OPTIONAL CERT_REQUIRED PROTOCOL_TLS_CLIENT PROTOCOL_TLS_SERVER SSLContext get_ciphers
    set_ciphers getpeercert load_cert_chain load_verify_locations verify_mode wrap_socket
    do_handshake_on_connect cipher SOCK_DGRAM SOCK_RAW recvfrom sendto recv sendall settimeout setsockopt
    makefile Task Event _Remove _attrs _dequeue _enqueue _exc_context _exc_handler _io_queue
    _promote_to_task _run _serve _stop_task _stopper _task_queue cb create_task done idx main_task
    poller sgen ticks waiter waiting wait_for wait_for_ms pend_throw get_event_loop set_exception_handler
    exc_type funcs aclose awritestr drain group search dumps load fill fill_rect blit hline from_bytes
    buffer sha256 hexlify unhexlify a2b_base64 b2a_base64 decode encode encrypt decrypt digest
    mem8 mem16 mem32 calcsize pack_into unpack_from intersection_update symmetric_difference_update
    ticks_add ticks_diff ticks_ms time_pulse_us sleep_ms sleep_us const cmath errno heapq json
    struct deflate cryptolib hashlib uctypes websocket framebuf collections builtins micropython binascii
    select socket keepends ps1 ps2 modules ViperTypeError
""".split()  # noqa: SIM905
