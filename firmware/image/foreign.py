"""What MicroPython's own objects may be asked for: the names in its stubs (tests/firmware/test_image.py compares)."""

# fmt: off
NAMES = frozenset("""
    a2b_base64 abiflags abort abort_clients abs absolute_import abstractclassmethod abstractmethod
    abstractproperty abstractstaticmethod accept accept_conn access aclose acos acosh acquire
    activate_stack_trampoline active adc add add_dll_directory add_flowcontrol_defaults add_note add_peer
    add_reader add_signal_handler add_writer addaudithook addr addr_type addressof adv_data aead aes af
    after_in_child after_in_parent ag_await ag_code ag_frame ag_running ag_suspended airecv aiter alarm alg_bits
    algorithm all all_errors all_feature_names all_tasks alloc_emergency_exception_buf allocate_lock
    allow_broadcast alt altsep and anext annotations antenna any apin app_protocol append appendleft arecv arg1
    argcount argdefs args arguments argv array arraysize as_completed as_integer_ratio ascii ascii_decode
    ascii_encode asend asin asinh asm_thumb asm_xtensa assert_never assert_type at_eof atan atan2 atanh atexit
    athrow atten attribute audio_in audio_out audit auth auto awrite b2a_base64 backlog bases baudrate baz bdev
    before behaviour bin bind bit_count bit_length bits bits_per_digit bitstream bitstream_channel bitstream_rmt
    blit block blocking board bool bound boundary bpp breakpoint breakpointhook broken bssid bt_irq buf buffer
    buffer_info buffer_size buffer_updated buffering bufsize build bytearray bytearray_at byteorder bytes bytes_at
    bytes_warning byteswap c_contiguous cache_tag cachesize cadata cafile calcsize call_at call_connection_made
    call_exception_handler call_later call_soon call_soon_threadsafe call_tracing callable callback callstats
    can_write_eof cancel cancelled capath capitalize capitals casefold cast cat category cb cd ceil cell_contents
    cellvars center cert cert_reqs cert_time_to_seconds certfile change_daemon channel characters_written
    charmap_build charmap_decode charmap_encode chdir check_bootsec check_hostname check_msg checkgroup
    checkgroupname checklookbehindgroup chflags children_system children_user chmod choice chown chr chroot cipher
    clamp classdict classmethod clear clear_overloads client_connected_cb client_id client_s clock_div close
    close_clients closed closefd closegroup closerange closure cls clsname cmd co_argcount co_cellvars co_code
    co_consts co_exceptiontable co_filename co_firstlineno co_flags co_freevars co_kwonlyargcount co_lines
    co_linetable co_lnotab co_name co_names co_nlocals co_positions co_posonlyargcount co_qualname co_stacksize
    co_varnames code code_page_decode code_page_encode codestring collect colno columns commit compile
    compiler_flag complex compression config confstr confstr_names conjugate conn_handle connect
    connect_accepted_socket connect_ex connect_read_pipe connect_write_pipe connectable connected_addr
    connection_lost connection_made const constants consumed content context contiguous contravariant convert_temp
    copy copy_file_range copyright copysign coro coro_fns coro_or_future1 coro_or_future2 coro_or_future3
    coro_or_future4 coro_or_future5 coro_or_future6 coroutine cos cosh count country covariant cp cpu_count
    cr_await cr_code cr_frame cr_origin cr_running cr_suspended crc32 crc8 create_connection
    create_datagram_endpoint create_eager_task_factory create_future create_server create_task
    create_unix_connection create_unix_server credits cs csi_available csi_disable csi_dropped csi_enable csi_read
    ctermid cts ctx current_task cursor custom_task_constructor cutoff cwd d data data_received
    dataclass_transform datagram_received datetime db deactivate_stack_trampoline deadline debug decode
    decoded_string decodekey decodevalue decorator decrypt deepsleep default default_exception_handler
    default_factory default_max_str_digits defaultdict defaults degrees deinit del_peer delattr delay delete
    deleter denominator deprecated deque derive description dest detach detect_encoding dev_mode device_encoding
    dht_readinto dict dict_items dict_keys dict_values difference difference_update dig digest dir dir_fd dis
    disable disable_irq discard disconnect division divmod dllhandle do_handshake do_handshake_on_connect doc
    documentation done dont_inherit dont_write_bytecode drain drive dst dst_dir_fd dump dumps dup dup2 dupterm
    dupterm_notify duration duration_ms duty duty_ns duty_u16 e eager_start eager_task_factory elapsed elements
    ellipse ellipsis else empty enable enable_irq encode encodekey encodevalue encoding encrypt end end_handle
    end_lineno end_offset endpos endswith ensure_future enumerate env environb eof_received epsilon eq_default
    erase_key erf erfc err_msg errno error error_received errorcode errors escape escape_decode escape_encode eval
    eventfd eventfd_read eventfd_write exc_info exc_traceback exc_type exc_value exception exceptions
    exceptiontable exec exec_body execfile execl execle execlp execlpe execute executemany execv execve execvp
    execvpe exists exit exp expand expand_template expandtabs expected expired expm1 extend extendleft extra
    extract_stack f f_back f_bavail f_bfree f_blocks f_bsize f_builtins f_code f_contiguous f_favail f_ffree
    f_files f_flag f_frsize f_fsid f_globals f_lasti f_lineno f_locals f_namemax f_trace f_trace_lines
    f_trace_opcodes fabs factorial family fbuf fchdir fchmod fchown fd fdatasync fdel fdopen feature_x_handler
    feed feed_appdata feed_data feed_eof feed_ssldata fetchall fetchmany fetchone fget field_names
    field_specifiers file file_actions filename filename2 fileno filepath fill fill_rect filter final finalizer
    finally find find_spec findall finditer first_key firstbit firstiter firstlineno fix_flags flags flash_erase
    flash_read flash_size flash_user_start flash_write float floor flow flush fmod fmt follow_symlinks foo fork
    forkpty format format_map fpathconf freevars freq frexp from_bytes frombytes fromfile fromhex fromkeys
    fromlist fromname fromnid fromstring fromunicode frozen_default frozenset fs fs_corrupted fsdecode fsencode
    fset fspath fstat fstatvfs fsync ftruncate full fullmatch func function fwalk gamma gap_advertise gap_connect
    gap_disconnect gap_pair gap_passkey gap_scan gather gattc_discover_characteristics gattc_discover_descriptors
    gattc_discover_services gattc_exchange_mtu gattc_read gattc_write gatts_indicate gatts_notify gatts_read
    gatts_register_services gatts_set_buffer gatts_write generator_stop generators get get_args get_asyncgen_hooks
    get_blob get_blocking get_buffer get_ca_certs get_cache_token get_channel_binding get_child_watcher
    get_ciphers get_context get_coroutine_origin_tracking_depth get_daemon_status get_debug
    get_default_verify_paths get_event_loop get_event_loop_policy get_exception_handler get_exec_path
    get_extra_info get_handle_inheritable get_i32 get_ident get_inheritable get_int_max_str_digits get_loop
    get_next_update get_nowait get_origin get_original_bases get_overloads get_peer get_peers get_pid
    get_pipe_transport get_protocol get_protocol_members get_protocol_name get_read_buffer_limits
    get_read_buffer_size get_returncode get_server_certificate get_task_factory get_terminal_size get_type_hints
    get_unverified_chain get_verified_chain get_write_buffer_limits get_write_buffer_size getaddrinfo
    getallocatedblocks getattr getcheckinterval getcontext getcwd getcwdb getdefaultencoding getdlopenflags
    getegid getenv getenvb geteuid getfilesystemencodeerrors getfilesystemencoding getgid getgrouplist getgroups
    getloadavg getlogin getnameinfo getpass getpeercert getpeername getpgid getpgrp getpid getppid getpriority
    getprofile getrandbits getrandom getrecursionlimit getrefcount getresgid getresuid getsid getsizeof
    getsockbyname getsockname getsockopt getswitchinterval getter gettimeout gettotalrefcount gettrace getuid
    getunicodeinternedsize getuntil getwhile getwidth getwindowsversion getxattr gi_code gi_frame gi_running
    gi_suspended gi_yieldfrom global_enum global_enum_repr global_flag_repr global_str globalns globals gmtime
    gpio_matrix_in gpio_matrix_out grantpt group groupdict groupindex groups groupwidths handler
    happy_eyeballs_delay hard has_default hasattr hash hash_bits hash_randomization head headers heap_lock
    heap_unlock heapify heappop heappush height help hex hexdigest hexlify hexversion hidden hline host hostname
    hostname_checks_common_name https humidity i16 i2c i32 i64 ibuf id idf_heap_info idle idle_level ifconfig
    ifidx ignore_environment ilistdir imag implementation in_fd include_extras incoming index indices inf
    infer_variance info init initgroups inode input input_choice input_pass insert inspect install int interactive
    interleave intern intersection intersection_update interval_us invert ioctl ipconfig ipoll irecv irq is_closed
    is_closing is_dir is_file is_finalizing is_integer is_junction is_protocol is_reading is_running is_serving
    is_set is_stack_trampoline_active is_symlink is_typeddict isalnum isalpha isascii isatty isclose isconnected
    iscoroutine iscoroutinefunction isdecimal isdigit isdisjoint isenabled isfinite isidentifier isinf isinstance
    islower isnan isnumeric isolated isprintable isspace isstring issubclass issubset issuperset istext istitle
    isupper items itemsize iter iter1 iter2 iter3 iter4 iter5 iter6 iter_unpack iterable join json kbd_intr kea
    keep_alive keepalive key keyfile keylog_filename keys kill killpg kw_only_default kwargs kwds kwonlyargcount
    last_exc lastgroup lastindex latin_1_decode latin_1_encode layout lchflags lchmod lchown ldexp led1 led1_pin
    led2 led2_pin len level lgamma libc_ver library license lightsleep limit line line_buffering lineno lines
    linetable link list listdir listdrives listen listen_s listmounts listvolumes listxattr ljust lmk lnotab load
    load_binary load_cert_chain load_default_certs load_dh_params load_module load_verify_locations loads
    local_addr localcontext localns locals localtime lock locked lockf log log10 log2 logger login_tty longname
    lookbehindgroups lookup lookup_error loop loop_count lower ls lseek lstat lstrip lw_msg lw_qos lw_retain
    lw_topic mac machine macro main major makedev makedirs makefile maketrans man mant_dig map mapping maps
    mark_app_valid_cancel_rollback match match_hostname matched_uuid max max_10_exp max_conn_interval_us max_exp
    max_size maximum_version maxlen maxsize mbcs_decode mbcs_encode mck mcls md5 measure mem mem16 mem32 mem8
    mem_alloc mem_backup mem_free mem_info member member_names memfd_create memory memoryview message metaclass
    metacls micro min min_10_exp min_conn_interval_us min_exp minimum_version minkeypage minor miso mkdir mkfifo
    mkfs mknod mktime mod_peer mode modes modf modify module modules modulus monitoring mosi most_common mount
    move_to_end mp_available mro msg mv mycallback mypyc_attr n n_fields n_sequence_fields n_unnamed_fields
    n_waiting name name_from namedtuple names nan native nbytes ndim need_ssldata nested_scopes new_child
    new_class new_context new_event_loop newfile newline newlines next nic nice nid nlocals no_site no_type_check
    no_type_check_decorator no_user_site nodename nonmember notify notify_all now ns num_read num_symbols
    num_written numerator obj object oct oem_decode oem_encode off offset offset_dst offset_src oid on onerror
    open open_connection open_unix_connection opener opengroup openpty openssl_cafile openssl_cafile_env
    openssl_capath openssl_capath_env operation opt_level optimize options or ord order_default orig_argv osdebug
    out_fd outgoing overload override ow p p0 p2 pack pack_into pagesize palette parents parity parse
    parse_template partial parties partition password patch path pathconf pathconf_names pattern pause_reading
    pause_writing pcnt_irq peek peer_count peers_table pending period ph_key phase phases phy_mode pi
    pickle_by_enum_name pickle_by_global_name pid pidfd_open pin pin_a pin_b ping pins pipe pipe2
    pipe_connection_lost pipe_data_received pixel platform platform_version platlibdir plock pm polar polarity
    poll poller poly pop popen popitem popleft port pos posix_fadvise posix_fallocate posix_openpt posix_spawn
    posix_spawnp posonlyargcount post post_handshake_auth pow pread preadv prec prefix prepare_class print
    print_exception print_function priority process_cpu_count process_exited product_type program property proto
    protocol protocol_factory ps1 ps2 pswd ptr ptr16 ptr32 ptr8 ptsname publish pull purge purpose push put
    put_nowait putenv pwd pwm pwrite pwritev python_compiler qsize qstr_info qualname quiet quit r radians radix
    randint random randrange range rate raw raw_temperature raw_unicode_escape_decode raw_unicode_escape_encode re
    read read_scratch read_temp read_u16 read_uv readable readbit readblocks readbuffer_encode readbyte
    readexactly readfrom readfrom_into readfrom_mem readfrom_mem_into readinto readline readlines readlink
    readonly readuntil readv real reason reconnect reconnects rect recursive_guard recv recv_cb recv_into recvfrom
    recvfrom_into recvinto recvmsg recvmsg_into register register_at_fork register_error regs release releaselevel
    remote_addr remove remove_reader remove_signal_handler remove_writer removedirs removeprefix removesuffix
    removexattr rename renames repl replace repr request res reschedule reset reset_cause resetids resolution_hz
    resolve_bases resp_data resume_reading resume_writing return_exceptions return_when reuse_address reuse_port
    reveal_type reverse reversed rfind rindex rjust rlist rm rmdir rom_ioctl rotary rotate round rounding rounds
    rowcount rpartition rsplit rstrip rtc rts run run_coroutine_threadsafe run_forever run_in_executor
    run_until_complete runtime runtime_checkable rx rxbuf rxdata s safe_path saved_context scan scan_duration_ms
    scandir sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getparam sched_getscheduler
    sched_param sched_priority sched_rr_get_interval sched_setaffinity sched_setparam sched_setscheduler
    sched_yield schedule scheduled_time scheduler sck sck_pin scroll sd sd_pin search security security_level seed
    seed_bits seek seekable select select_rom selected_alpn_protocol selected_npn_protocol self send send_html
    send_signal sendall sendbreak sendfile sendmsg sendmsg_afalg sendto sentinel sep serial serve_forever server
    server_handshake server_hostname server_side service_pack service_pack_major service_pack_minor session
    session_reused set set_alpn_protocols set_asyncgen_hooks set_blob set_blocking set_boot set_callback
    set_child_watcher set_ciphers set_coroutine_origin_tracking_depth set_debug set_default_executor
    set_default_verify_paths set_ecdh_curve set_event_loop set_event_loop_policy set_exception
    set_exception_handler set_handle_inheritable set_i32 set_inheritable set_int_max_str_digits set_last_will
    set_native_code_location set_npn_protocols set_pmk set_protocol set_read_buffer_limits set_servername_callback
    set_task_factory set_transport set_wakeup_period set_write_buffer_limits setattr setblocking setcheckinterval
    setcontext setdefault setdlopenflags setegid seteuid setgid setgroups setinputsizes setns setoutputsize
    setpgid setpgroup setpgrp setpriority setprofile setrecursionlimit setregid setresgid setresuid setreuid
    setsid setsigdef setsigmask setsockopt setswitchinterval setter settime settimeout settrace setuid setup
    setup_conn setxattr sha1 sha256 shape share shared_ciphers shell shield shift shortname show_cmd shutdown
    shutdown_asyncgens shutdown_default_executor si_code si_pid si_signo si_status si_uid signed sin sinh size
    sizeof sizeof_digit sleep sleep_ms sleep_type sleep_us slice slot slow_callback_duration sock sock_accept
    sock_connect sock_recv sock_recv_into sock_recvfrom sock_recvfrom_into sock_sendall sock_sendfile sock_sendto
    sockaddr socket sockets soft_reset sort sorted source source_freq span spawnl spawnle spawnlp spawnlpe spawnv
    spawnve spawnvp spawnvpe spi splice split splitlines sqrt src src_dir_fd sreader ssid ssl ssl_context
    ssl_handshake_timeout ssl_object ssl_params ssl_shutdown_timeout sslcontext sslobject_class sslsocket_class
    st_atime st_atime_ns st_birthtime st_birthtime_ns st_blksize st_blocks st_ctime st_ctime_ns st_dev
    st_file_attributes st_flags st_gen st_gid st_ino st_mode st_mtime st_mtime_ns st_nlink st_rdev st_reparse_tag
    st_size st_uid stack_size stack_use stacklevel stacksize staggered_race start start_foreground start_handle
    start_new_thread start_server start_serving start_tls start_unix_server startfile startswith stat stat_result
    state static_host staticmethod stats status statvfs statvfs_result stderr stdin stdlib_module_names stdout
    step stop str str_digits_check_threshold stream stream_reader strength_bits strerror strict stride strides
    string strip struct structseq sub subgroup subn suboffsets subprocess_exec subprocess_shell subscribe subtract
    suffix suite_mask sum super swapcase swriter symlink symmetric symmetric_difference
    symmetric_difference_update sync sysconf sysconf_names sysname system t1 t2 tan tanh task task_done tau
    tb_frame tb_lasti tb_lineno tb_next tcgetpgrp tcsetpgrp tell temperature template terminal_size terminate text
    the threshold throw tick_hz ticks_add ticks_cpu ticks_diff ticks_ms ticks_us time time_ns time_pulse_us
    timeout timeout_at timeout_char timerfd_create timerfd_gettime timerfd_gettime_ns timerfd_settime
    timerfd_settime_ns times times_result timing title to_bytes to_thread tobytes tofile toggle tolist top topdown
    toreadonly tostring total tounicode tracebacklimit trailers trait translate transport traps trigger trunc
    truncate try ttyname tuple tx tx_carrier txbuf txdata txdone txpower type type_check_only type_params typecode
    typename u8 uart uasyncio uint umask umount uname uname_result unhexlify unicode_escape_decode
    unicode_escape_encode unicode_literals uniform union unique unique_id unit universal_newlines unlink unlockpt
    unpack unpack_from unregister unsetenv unshare unsubscribe unwrap update update_abstractmethods upper urandom
    user utf8_mode utf_16_be_decode utf_16_be_encode utf_16_decode utf_16_encode utf_16_ex_decode utf_16_le_decode
    utf_16_le_encode utf_32_be_decode utf_32_be_encode utf_32_decode utf_32_encode utf_32_ex_decode
    utf_32_le_decode utf_32_le_encode utf_7_decode utf_7_encode utf_8_decode utf_8_encode utime uuid v val value
    value_handle values varnames vars verbose verify verify_client_post_handshake verify_code verify_flags
    verify_message verify_mode version version_info viper vline wait wait3 wait4 wait_closed wait_done wait_for
    wait_for_ms wait_msg waiter waitid waitid_result waitpid waitstatus_to_exitcode wake wake_on_ext0 wake_on_ext1
    wake_on_gpio wake_on_touch wake_on_ulp wake_pins wake_reason walk warn_default_encoding wdt websocket when
    where width window_us winerror winver with with_statement with_traceback wlan wlist wp wrap_bio wrap_socket
    wrapped writable write write_eof write_pulses write_readinto write_scratch writebit writeblocks writebyte
    writelines writeto writeto_mem writev writevto ws ws_pin x xlist y zfill zip
""".split())  # noqa: SIM905
# fmt: on
