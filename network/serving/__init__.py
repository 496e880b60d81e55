"""HTTP servers of this program on its event loop, within limits against slow and many clients."""
