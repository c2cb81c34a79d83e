# cython: language_level=3
cimport cython

from slomix_greatshot.demo.bits cimport BAD_INDEX, BAD_OP, PAST_END, WORD, block
from slomix_greatshot.demo.states cimport CLIENTS, FRAMES, GONE, HANDLE, LIST, NUMBER, PLAYER, States


cdef Py_ssize_t E_FLAGS, E_PLACE, E_TIME, E_TIME2, E_OTHER, E_OTHER2, E_GROUND, E_LOOP, E_MODEL, E_CLIENT, E_PARM
cdef Py_ssize_t E_SEQUENCE, E_WEAPON, E_DENSITY, E_TEAM, E_EFFECT
cdef Py_ssize_t P_GROUND, P_FLAGS, P_SEQUENCE, P_CLIENT, P_HEALTH
cdef unsigned int DEAD, DETAILED, MOST_BYTES
cdef long long ABOVE

@cython.locals(data="const unsigned char*")
cdef unsigned int word(bytes chunk, Py_ssize_t at)

@cython.locals(floats="float*")
cdef tuple triple(unsigned int* source, Py_ssize_t at)


cdef class Decoder(States):
    cdef list out, said
    cdef unsigned int* wanted
    cdef unsigned int event_base, obituary, delta, flags, shot, ended, odd, single, paused, acknowledged
    cdef long long offset, time, first_time, latest, heard
    cdef long long segments, messages, snapshots, invalid, states, lost, repeated

    @cython.locals(at=Py_ssize_t, size="unsigned int")
    cpdef Py_ssize_t feed(self, bytes chunk, Py_ssize_t start, Py_ssize_t length, long long offset)

    @cython.locals(operation="unsigned int")
    cdef void message(self, unsigned int sequence, Py_ssize_t at)

    cdef void operation(self, unsigned int operation, unsigned int sequence)

    @cython.locals(number="unsigned int", text=bytes)
    cdef void command(self)

    cdef void flush(self, unsigned int sequence)

    @cython.locals(block_number="unsigned int", count="unsigned int")
    cdef void download(self)

    @cython.locals(heard="unsigned int", strings=list, number="unsigned int", operation="unsigned int", text=bytes,
                   number_of_state="unsigned int", client="unsigned int", feed="unsigned int")
    cdef void gamestate(self, unsigned int sequence)

    @cython.locals(number=Py_ssize_t, frame=Py_ssize_t)
    cdef void begin(self, unsigned int heard)

    @cython.locals(time="unsigned int", delta="unsigned int", flags="unsigned int", known="unsigned int",
                   frame=Py_ssize_t)
    cdef void snapshot(self, unsigned int sequence)

    @cython.locals(missed="unsigned int", frame=Py_ssize_t, before=Py_ssize_t)
    cdef void accept(self, unsigned int sequence)

    @cython.locals(old=Py_ssize_t, old_end=Py_ssize_t, start=Py_ssize_t, end=Py_ssize_t, at=Py_ssize_t,
                   entry="unsigned int", client="unsigned int")
    cdef void compare(self, Py_ssize_t before, Py_ssize_t now)

    @cython.locals(pool="unsigned int*", at=Py_ssize_t, old=Py_ssize_t, event="unsigned int")
    cdef void look(self, unsigned int number, Py_ssize_t handle, Py_ssize_t old_handle, bint known)

    @cython.locals(pool="unsigned int*")
    cdef bint differs(self, Py_ssize_t at, Py_ssize_t old) noexcept

    @cython.locals(fresh="unsigned int", slot=Py_ssize_t, event="unsigned int")
    cdef void ring(self, unsigned int client, unsigned int* block_, Py_ssize_t old, Py_ssize_t at)

    cdef void lived(self, unsigned int client, unsigned int before, unsigned int now)

    @cython.locals(at=Py_ssize_t, start=Py_ssize_t, index=Py_ssize_t)
    cdef object place(self, unsigned int client)

    cdef object stand(self, unsigned int* source, Py_ssize_t at, Py_ssize_t ground, bint healthy)

    @cython.locals(pool="unsigned int*")
    cdef void event(self, unsigned int event, Py_ssize_t at)

    @cython.locals(pool="unsigned int*", obituary=bint)
    cdef tuple details(self, unsigned int event, Py_ssize_t at)
