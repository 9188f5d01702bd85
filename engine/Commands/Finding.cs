namespace Ebb.Engine.Commands;

/// <summary>How well something is that was checked.</summary>
internal enum Severity
{
    Fine,

    /// <summary>To know, and no fault.</summary>
    Note,

    /// <summary>A right, a definition or the namespace is missing.</summary>
    Missing,

    /// <summary>It cannot be reached or does not answer as it should.</summary>
    Failed,
}

/// <summary>One line of what <c>check</c> tells.</summary>
/// <param name="Severity">How well.</param>
/// <param name="Subject">What: cluster, UPS, right.</param>
/// <param name="Text">Which, and what was found.</param>
internal sealed record Finding(Severity Severity, string Subject, string Text)
{
    public override string ToString() => $"{Severity.ToString().ToLowerInvariant(), -7}  {Subject, -10}  {Text}";
}

/// <summary>One part of <c>check</c>.</summary>
internal interface ICheck
{
    /// <summary>
    /// Looks, and changes nothing. What fails is a finding; only the caller's cancellation is thrown.
    /// </summary>
    IAsyncEnumerable<Finding> FindAsync(CancellationToken cancellationToken);
}
