using Ebb.Core.Capacity;
using Ebb.Core.Planning.Claims;
using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>What is said to one trigger.</summary>
internal abstract record Answer
{
    private Answer() { }

    /// <summary>Until when it holds if nothing else changes, excluded; null: for good.</summary>
    public Instant? Until { get; init; }

    /// <summary>So many replicas; none means inactive.</summary>
    /// <param name="Replicas">0 to the trigger's bound.</param>
    /// <param name="Decision">What it follows from.</param>
    /// <param name="Capacity">The numbers behind it when it follows spare capacity.</param>
    public sealed record Size(int Replicas, Decision Decision, CapacityNumbers? Capacity) : Answer
    {
        public bool IsActive => Replicas > 0;
    }

    /// <summary>It cannot be told.</summary>
    public sealed record Unknown(string Why) : Answer;

    /// <summary>The trigger asks for something that there is not.</summary>
    public sealed record Invalid(string Why) : Answer;
}

/// <summary>Spare capacity at one moment.</summary>
/// <param name="Room">What fits; as last known while <paramref name="Growth"/> holds.</param>
/// <param name="Growth">What is made of it.</param>
/// <param name="Trusted">The numbers are of now.</param>
/// <param name="PerReplica">What one replica takes of the resource, in its units.</param>
/// <param name="Running">Replicas that the workload is to have now.</param>
internal sealed record CapacityNumbers(CapacityFigures Room, Growth Growth, bool Trusted, long PerReplica, int Running);
