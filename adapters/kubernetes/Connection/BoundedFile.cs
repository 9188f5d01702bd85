namespace Ebb.Kubernetes.Connection;

/// <summary>
/// Reads configuration and credential files, which come from outside and are bounded for that reason.
/// </summary>
internal static class BoundedFile
{
    /// <summary>A kubeconfig, or a bundle of certificates.</summary>
    public const int DocumentBytes = 4 << 20;

    /// <summary>A token: API servers refuse headers that are far shorter.</summary>
    public const int TokenBytes = 64 << 10;

    /// <exception cref="InvalidDataException">The file has <paramref name="most"/> bytes or more.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string path, int most)
    {
        // The length of a pipe is not known before it was read.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[Math.Min(most, 4096)];
        var length = 0;
        while (true)
        {
            var count = file.Read(buffer, length, buffer.Length - length);
            if (count == 0)
                return buffer.AsSpan(0, length).ToArray();
            length += count;
            if (length < buffer.Length)
                continue;
            if (length >= most)
                throw new InvalidDataException($"{most} bytes or more");
            Array.Resize(ref buffer, (int)Math.Min(most, (long)buffer.Length * 2));
        }
    }

    /// <summary>Whether an exception is one that <see cref="Read"/> throws.</summary>
    public static bool IsFault(Exception fault) =>
        fault is IOException or InvalidDataException or UnauthorizedAccessException;
}
