import Kernels

extension InstructionSet {
    /// The name in `DISTRAIN_VECTORS`: baseline, v3 or v4.
    public var shortName: String { rawValue.replacing("x86-64-", with: "") }
}
