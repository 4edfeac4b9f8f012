"""As much of libpq as a model of a node needs, by ctypes: nothing to install, and warnings of a commit can be seen."""

import ctypes
import ctypes.util

_library = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
_NOTICES = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)
for _name, _result in (
        ("PQconnectdb", ctypes.c_void_p), ("PQerrorMessage", ctypes.c_char_p), ("PQexecParams", ctypes.c_void_p),
        ("PQgetvalue", ctypes.c_void_p), ("PQcmdTuples", ctypes.c_char_p), ("PQresultErrorField", ctypes.c_char_p)):
    getattr(_library, _name).restype = _result
COMMAND_OK, TUPLES_OK = 1, 2


class DatabaseError(Exception):
    """The statement failed; `state` is its SQLSTATE, empty when the connection was lost."""

    def __init__(self, message, state):
        super().__init__(message.strip())
        self.state = state


class Connection:
    """A connection that blocks. Parameters are bytes (as bytea), int or str; results are bytes and text as sent."""

    def __init__(self, conninfo):
        self.warnings = []
        self._keep = _NOTICES(lambda _, text: self.warnings.append(text.decode(errors="replace")))
        self._connection = ctypes.c_void_p(_library.PQconnectdb(conninfo.encode()))
        if _library.PQstatus(self._connection) != 0:
            message = _library.PQerrorMessage(self._connection).decode(errors="replace")
            _library.PQfinish(self._connection)
            raise DatabaseError(message, "")
        _library.PQsetNoticeProcessor(self._connection, self._keep, None)

    def close(self):
        if self._connection:
            _library.PQfinish(self._connection)
            self._connection = None

    def run(self, statement, *parameters):
        """Rows, or the count of rows that were changed. Warnings of this statement are in `warnings`."""
        self.warnings.clear()
        texts = [b"\\x" + value.hex().encode() if isinstance(value, bytes) else str(value).encode() for value in parameters]
        values = (ctypes.c_char_p * len(texts))(*texts) if texts else None
        result = ctypes.c_void_p(_library.PQexecParams(
            self._connection, statement.encode(), len(texts), None, values, None, None, 0))
        try:
            status = _library.PQresultStatus(result)
            if status == TUPLES_OK:
                return [[self._value(result, row, column) for column in range(_library.PQnfields(result))]
                        for row in range(_library.PQntuples(result))]
            if status == COMMAND_OK:
                return int(_library.PQcmdTuples(result) or 0)
            state = _library.PQresultErrorField(result, ord("C"))
            raise DatabaseError(
                _library.PQerrorMessage(self._connection).decode(errors="replace"), state.decode() if state else "")
        finally:
            _library.PQclear(result)

    @staticmethod
    def _value(result, row, column):
        text = ctypes.string_at(
            _library.PQgetvalue(result, row, column), _library.PQgetlength(result, row, column)).decode()
        return bytes.fromhex(text[2:]) if text.startswith("\\x") else text
