namespace Ebb.Scaler.Answers;

/// <summary>A trigger as it was asked about, or what is wrong with it.</summary>
/// <param name="namespace">Of its ScaledObject.</param>
/// <param name="name">Of its ScaledObject.</param>
/// <param name="reference">The ScaledObjectRef that asks about it, as protobuf writes it.</param>
internal sealed class KnownTrigger(string @namespace, string name, byte[] reference)
{
    public string Namespace { get; } = @namespace;

    public string Name { get; } = name;

    public byte[] Reference { get; } = reference;

    /// <summary>Null: see <see cref="Refusal"/>.</summary>
    public Trigger? Trigger { get; init; }

    /// <summary>What is wrong with it; null: nothing.</summary>
    public string? Refusal { get; init; }

    /// <summary>When it was last asked about, as a timestamp.</summary>
    public long Asked { get; set; }

    /// <summary>The refusal that was last reported; null: none was.</summary>
    public string? Reported;
}
