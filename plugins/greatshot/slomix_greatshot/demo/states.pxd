# cython: language_level=3
cimport cython

from slomix_greatshot.demo.bits cimport BAD_AREAS, BAD_COUNT, BAD_MARK, BAD_ORDER, LENGTH, PAST_END, Bits, block, filled


cdef unsigned int NEGATIVE, HANDLE, GONE, NUMBER, LIST_END
cdef Py_ssize_t LIST, FRAMES, ENTITY, SHARED, PLAYER, FIELDS, CLIENTS, FIRST_POOL
cdef unsigned int MOST_AREAS

@cython.locals(index=Py_ssize_t)
cdef void copy(unsigned int* target, Py_ssize_t to, unsigned int* source, Py_ssize_t at, Py_ssize_t count) noexcept

@cython.locals(start="char*")
cdef object checksum(object before, unsigned int* source, Py_ssize_t at, Py_ssize_t count)


cdef class States(Bits):
    cdef unsigned int* entity_sizes
    cdef unsigned int* shared_sizes
    cdef unsigned int* player_sizes
    cdef unsigned int* baselines
    cdef unsigned int* drafts
    cdef unsigned int* entries
    cdef unsigned int* counts
    cdef unsigned int* valid
    cdef unsigned int* sequences
    cdef unsigned int* where
    cdef unsigned int* players
    cdef unsigned int* present
    cdef unsigned int* extras
    cdef unsigned int* pool
    cdef unsigned int* free
    cdef unsigned int* marks
    cdef unsigned int* areas
    cdef unsigned int area_count
    cdef list pool_memory
    cdef bint ettv
    cdef Py_ssize_t stride, spare, previous, base, pool_size, free_count

    @cython.locals(handle=Py_ssize_t, number=Py_ssize_t, frame=Py_ssize_t, at=Py_ssize_t)
    cdef void sweep(self)

    @cython.locals(old="unsigned int*", size=Py_ssize_t, memory=list, handle=Py_ssize_t)
    cdef void grow(self)

    @cython.locals(handle=Py_ssize_t)
    cdef unsigned int copied(self, Py_ssize_t base)

    @cython.locals(window="unsigned long long", gone=bint, handle="unsigned int", count="unsigned int")
    cdef unsigned int entity(self, unsigned int base)

    @cython.locals(count="unsigned int")
    cdef unsigned int shared(self, unsigned int handle, unsigned int base)

    @cython.locals(count="unsigned int")
    cdef void player(self, unsigned int* target, Py_ssize_t at) noexcept

    @cython.locals(number=Py_ssize_t, index=Py_ssize_t, mask="unsigned int", value="unsigned int")
    cdef void arrays(self, unsigned int* target, Py_ssize_t at, Py_ssize_t first, Py_ssize_t end) noexcept

    @cython.locals(base=Py_ssize_t, spare=Py_ssize_t, index=Py_ssize_t, client=Py_ssize_t)
    cdef void snapshot_body(self)

    @cython.locals(old=Py_ssize_t, old_end=Py_ssize_t, first=Py_ssize_t, to=Py_ssize_t, lowest="unsigned int",
                   number="unsigned int", before="unsigned int", handle="unsigned int", stop=Py_ssize_t)
    cdef void merge(self, Py_ssize_t base, Py_ssize_t spare)

    @cython.locals(client="unsigned int", at=Py_ssize_t, index=Py_ssize_t)
    cdef void other_players(self)

    @cython.locals(count="unsigned int", index=Py_ssize_t)
    cdef void read_areas(self) noexcept

    @cython.locals(index=Py_ssize_t)
    cdef list state(self, Py_ssize_t handle)

    @cython.locals(start=Py_ssize_t, at=Py_ssize_t, place=Py_ssize_t)
    cpdef object crc(self)
