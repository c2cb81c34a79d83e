# cython: language_level=3
cimport cython


cdef unsigned int PAST_END, BAD_OP, BAD_COUNT, BAD_AREAS, BAD_STRING, BAD_ORDER, BAD_INDEX, BAD_MARK
cdef unsigned int LENGTH, WORD
cdef Py_ssize_t CODES_PER_WINDOW

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define zeros_before(word) __builtin_ctzll(word)
    #else
    static int zeros_before(unsigned long long word) {
        int count = 0;
        while (!(word & 1)) { word >>= 1; count++; }
        return count;
    }
    #endif
    """
    int zeros_before(unsigned long long word) noexcept

@cython.locals(memory=bytearray)
cdef unsigned int* block(list keep, Py_ssize_t size)

@cython.locals(index=Py_ssize_t, target="unsigned int*")
cdef unsigned int* filled(list keep, list values)


cdef class Bits:
    cdef const unsigned char* data
    cdef bytes chunk
    cdef object whole
    cdef Py_ssize_t last, pos, limit
    cdef unsigned int fault
    cdef list keep
    cdef unsigned int* codes
    cdef unsigned int* small
    cdef unsigned int* text

    cdef void look_at(self, bytes chunk, Py_ssize_t at, Py_ssize_t size, Py_ssize_t length)

    @cython.final
    @cython.locals(at=Py_ssize_t)
    cdef inline unsigned long long window(self, Py_ssize_t pos) noexcept

    @cython.locals(pos=Py_ssize_t, window="unsigned long long", value="unsigned long long", code="unsigned int",
                   shift="unsigned int")
    cdef unsigned long long bits(self, unsigned int count) noexcept

    @cython.locals(code="unsigned int")
    cdef unsigned int byte(self) noexcept

    @cython.locals(length=Py_ssize_t, pos=Py_ssize_t, window="unsigned long long", code="unsigned int", _=Py_ssize_t)
    cdef bytes string(self, Py_ssize_t limit)

    @cython.locals(letters=bytearray, index=Py_ssize_t)
    cdef bytes written(self, Py_ssize_t length)

    @cython.locals(codes="unsigned int*", pos=Py_ssize_t, field=Py_ssize_t, run=Py_ssize_t, window="unsigned long long",
                   value="unsigned long long", code="unsigned int", shift="unsigned int", size="unsigned int")
    cdef void entity_fields(self, unsigned int* target, Py_ssize_t at, unsigned int* sizes, Py_ssize_t count) noexcept

    @cython.locals(field=Py_ssize_t, run=Py_ssize_t, window="unsigned long long", value="unsigned long long", code="unsigned int",
                   size="unsigned int")
    cdef void player_fields(self, unsigned int* target, Py_ssize_t at, unsigned int* sizes, Py_ssize_t count) noexcept
