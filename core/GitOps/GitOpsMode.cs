namespace Ebb.Core.GitOps;

/// <summary>Whether what Git reconciles is held back while workloads sleep (setting <c>Power__GitOps</c>).</summary>
public enum GitOpsMode
{
    /// <summary>The owners of whatever is to sleep, beside those that UpsScalers name.</summary>
    Auto,

    /// <summary>Only those that UpsScalers name.</summary>
    Named,

    /// <summary>None: UpsScalers that name one are refused.</summary>
    Off,
}
