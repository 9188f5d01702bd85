namespace Ebb.Kubernetes.Connection;

/// <summary>One fault in the configuration of the connection.</summary>
/// <param name="Path">Where: a file with the path inside it, a variable, a setting.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Found">What is there; never a secret.</param>
public sealed record ConnectionProblem(string Path, string Expected, string Found)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: expected {Expected}, found {Found}";
}

/// <summary>The configuration of the connection is wrong; everything that is wrong is listed.</summary>
public sealed class ConnectionException : Exception
{
    internal ConnectionException(IReadOnlyList<ConnectionProblem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    internal ConnectionException(string path, string expected, string found)
        : this([new ConnectionProblem(path, expected, found)]) { }

    /// <summary>At least one.</summary>
    public IReadOnlyList<ConnectionProblem> Problems { get; }
}
