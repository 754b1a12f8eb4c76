using System;
using System.Runtime.InteropServices;
using System.Security;
using System.Text;

namespace GraphDevices
{
    /// <summary>Text between .NET and the library: NUL-terminated UTF-8. .NET Framework has no marshaller for it.</summary>
    internal static class Utf8
    {
        /// <summary>A text for the library. Null stays null; a NUL inside, which C could not see past, is refused.</summary>
        internal static byte[] ToNative(string text)
        {
            if (text == null) return null;
            if (text.IndexOf('\0') >= 0) throw HoldsNul();
            var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
            Encoding.UTF8.GetBytes(text, 0, text.Length, bytes, 0);
            return bytes;
        }

        /// <summary>A file's text with each NUL as U+FFFD: the library then says what kind of file it is. Null stays null.</summary>
        internal static string Visible(string text)
        {
            return text == null ? null : text.Replace('\0', '\uFFFD');
        }

        /// <summary>UTF-8 for the library with the NUL that it may lack. Null stays null; a NUL inside is refused.</summary>
        internal static byte[] Terminated(byte[] text)
        {
            if (text == null) return null;
            int nul = Array.IndexOf(text, (byte)0);
            if (nul >= 0 && nul < text.Length - 1) throw HoldsNul();
            if (nul >= 0) return text;
            var longer = new byte[text.Length + 1];
            Array.Copy(text, longer, text.Length);
            return longer;
        }

        /// <summary>A text of the library, or null.</summary>
        internal static string FromNative(IntPtr text)
        {
            if (text == IntPtr.Zero) return null;
            int length = 0;
            while (Marshal.ReadByte(text, length) != 0) length++;
            var bytes = new byte[length];
            Marshal.Copy(text, bytes, 0, length);
            return Encoding.UTF8.GetString(bytes);
        }

        /// <summary>Lends a secret to a call as UTF-8 and clears every copy that was made for it.</summary>
        internal static unsafe T WithSecret<T>(SecureString secret, Func<IntPtr, T> call)
        {
            if (secret == null) return call(IntPtr.Zero);
            IntPtr unicode = IntPtr.Zero;
            byte[] bytes = null;
            var pinned = default(GCHandle);
            try
            {
                unicode = Marshal.SecureStringToGlobalAllocUnicode(secret);
                var characters = (char*)unicode;
                int count = Encoding.UTF8.GetByteCount(characters, secret.Length);
                bytes = new byte[count + 1];
                pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
                IntPtr pointer = pinned.AddrOfPinnedObject();
                if (count > 0) Encoding.UTF8.GetBytes(characters, secret.Length, (byte*)pointer, count);
                if (Array.IndexOf(bytes, (byte)0) < count) throw HoldsNul();
                return call(pointer);
            }
            finally
            {
                if (bytes != null) Array.Clear(bytes, 0, bytes.Length);
                if (pinned.IsAllocated) pinned.Free();
                if (unicode != IntPtr.Zero) Marshal.ZeroFreeGlobalAllocUnicode(unicode);
            }
        }

        /// <summary>Lends a token that is a string anyway.</summary>
        internal static T WithText<T>(string text, Func<IntPtr, T> call)
        {
            byte[] bytes = ToNative(text);
            if (bytes == null) return call(IntPtr.Zero);
            var pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
            try
            {
                return call(pinned.AddrOfPinnedObject());
            }
            finally
            {
                Array.Clear(bytes, 0, bytes.Length);
                pinned.Free();
            }
        }

        private static ArgumentException HoldsNul()
        {
            return new ArgumentException("the text holds a NUL character, which no user id and no token has");
        }

        /// <summary>Whole milliseconds for the library, rounded up; it judges them.</summary>
        internal static long Milliseconds(TimeSpan time)
        {
            return (long)Math.Ceiling(time.TotalMilliseconds);
        }
    }
}
