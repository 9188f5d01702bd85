namespace Ebb.Kubernetes.Connection;

/// <summary>How to find the API server.</summary>
public enum ClusterMode
{
    /// <summary>The cluster that this process runs in, by its service account.</summary>
    InCluster,

    /// <summary>A context of a kubeconfig.</summary>
    Kubeconfig,
}

/// <summary>Which cluster.</summary>
/// <param name="Mode">How it is found.</param>
/// <param name="Kubeconfig">
/// One path, or several as in KUBECONFIG; null: KUBECONFIG, else the one in the home folder.
/// </param>
/// <param name="Context">The context; null: the current one.</param>
public sealed record ClusterSettings(ClusterMode Mode, string? Kubeconfig = null, string? Context = null)
{
    /// <summary>Whether this process runs in a pod.</summary>
    public static bool RunsInPod => InCluster.IsHere(Environment.GetEnvironmentVariable);

    /// <summary>Reads the configuration; makes no request.</summary>
    /// <param name="time">Ages of tokens are measured with it.</param>
    /// <exception cref="ConnectionException">
    /// The configuration is wrong; the exception lists everything that is.
    /// </exception>
    public ClusterConnection Connect(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return Mode switch
        {
            ClusterMode.InCluster => InCluster.Read(Environment.GetEnvironmentVariable, time),
            ClusterMode.Kubeconfig => Connection.Kubeconfig.Read(
                Connection.Kubeconfig.Files(Kubeconfig, Environment.GetEnvironmentVariable),
                Context,
                time
            ),
            _ => throw new ConnectionException("Cluster__Mode", "incluster or kubeconfig", Mode.ToString()),
        };
    }
}
