namespace Ebb.Core.Ports;

/// <summary>
/// A store for facts that cannot be observed again. When it is lost, history is lost and no baseline. Keys are 1 to 200
/// characters of a-z, 0-9, '-' and '.', beginning and ending with a letter or digit; values are JSON texts of at most
/// 512 KiB.
/// </summary>
public interface IStateStore
{
    /// <summary>The entry, or null when there is none.</summary>
    /// <exception cref="StateStoreException">The store could not be asked.</exception>
    Task<StateEntry?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the value and gives the new ETag. With <paramref name="etag"/> null the entry must not exist yet; with an
    /// ETag it must be the present one.
    /// </summary>
    /// <exception cref="StateConflictException">Somebody else wrote in between.</exception>
    /// <exception cref="StateStoreException">The store could not be asked.</exception>
    Task<string> PutAsync(string key, string json, string? etag, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the entry; one that is not there is deleted already. With <paramref name="etag"/> it must be the present
    /// one.
    /// </summary>
    /// <exception cref="StateConflictException">Somebody else wrote in between.</exception>
    /// <exception cref="StateStoreException">The store could not be asked.</exception>
    Task DeleteAsync(string key, string? etag, CancellationToken cancellationToken);

    /// <summary>
    /// Another number whenever anybody has written since; null: not known, the store has to be asked. It is known
    /// without a request, and may lag behind the write.
    /// </summary>
    long? Version => null;

    /// <summary>All entries whose key begins with <paramref name="prefix"/>, by key in ordinal order.</summary>
    /// <exception cref="StateStoreException">The store could not be asked.</exception>
    Task<IReadOnlyList<StateEntry>> ListAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>A stored value.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Json">The value.</param>
/// <param name="ETag">Opaque; changes with each write.</param>
public sealed record StateEntry(string Key, string Json, string ETag);

/// <summary>The store could not be asked; the message says why, without secrets.</summary>
public class StateStoreException : Exception
{
    /// <inheritdoc cref="Exception(string)"/>
    public StateStoreException(string message)
        : base(message) { }

    /// <inheritdoc cref="Exception(string, Exception)"/>
    public StateStoreException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <inheritdoc cref="Exception()"/>
    public StateStoreException() { }
}

/// <summary>The entry is not what the writer believed it to be.</summary>
public sealed class StateConflictException : StateStoreException
{
    /// <inheritdoc cref="Exception(string)"/>
    public StateConflictException(string message)
        : base(message) { }

    /// <inheritdoc cref="Exception(string, Exception)"/>
    public StateConflictException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <inheritdoc cref="Exception()"/>
    public StateConflictException() { }
}
