namespace Ebb.Scaler.Grpc;

/// <summary>How a call ended, and why in one sentence.</summary>
internal readonly record struct Status(StatusCode StatusCode, string Detail)
{
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");
}

/// <summary>Ends a call with a status; the detail goes to the client as it stands.</summary>
internal sealed class RpcException(Status status) : Exception(status.Detail)
{
    public Status Status { get; } = status;

    public StatusCode StatusCode => Status.StatusCode;
}
