namespace Ebb.Core.Power;

/// <summary>
/// The words of <c>ups.status</c> at one moment: upper case, in the order given, each once. A word that is not known is
/// kept, because a client must accept unknown ones (NUT, docs/new-drivers.txt).
/// </summary>
public sealed class UpsFlags : IEquatable<UpsFlags>
{
    /// <summary>A status variable that was there and said nothing. upsmon takes it for lost contact.</summary>
    public static readonly UpsFlags Empty = new([]);

    private readonly string[] _tokens;

    private UpsFlags(string[] tokens) => _tokens = tokens;

    /// <summary>At most <see cref="MaximumTokens"/> words.</summary>
    public IReadOnlyList<string> Tokens => _tokens;

    /// <summary>upsd itself keeps 32 words of a line; more than that is not a status.</summary>
    public const int MaximumTokens = 32;

    /// <summary>
    /// Words are separated by blanks or tabs; case does not matter; what lies beyond <see cref="MaximumTokens"/> is
    /// dropped.
    /// </summary>
    public static UpsFlags Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return From(text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>
    /// The same from words that are separate already, as exporters give them; blank ones are left out.
    /// </summary>
    public static UpsFlags From(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        List<string> tokens = [];
        foreach (var word in words)
        {
            var token = word.Trim().ToUpperInvariant();
            if (token.Length > 0 && !tokens.Contains(token, StringComparer.Ordinal))
                tokens.Add(token);
            if (tokens.Count == MaximumTokens)
                break;
        }
        return tokens.Count == 0 ? Empty : new UpsFlags([.. tokens]);
    }

    /// <summary><paramref name="token"/> in upper case.</summary>
    public bool Contains(string token) => Array.IndexOf(_tokens, token) >= 0;

    /// <summary>The same status with the words of <paramref name="ignored"/> (upper case) taken out.</summary>
    public UpsFlags Without(IReadOnlyCollection<string> ignored)
    {
        ArgumentNullException.ThrowIfNull(ignored);
        return ignored.Count == 0 || !_tokens.Any(ignored.Contains)
            ? this
            : From(_tokens.Where(token => !ignored.Contains(token)));
    }

    /// <inheritdoc/>
    public bool Equals(UpsFlags? other) => other is not null && _tokens.AsSpan().SequenceEqual(other._tokens);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UpsFlags);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(ToString(), StringComparison.Ordinal);

    /// <summary>The words with single blanks between them, as upsd would say them.</summary>
    public override string ToString() => string.Join(' ', _tokens);
}
